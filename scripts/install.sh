#!/bin/sh
# Installs, upgrades or removes rontgen: one executable, nothing else.
#
#   curl -fsSL BASE_URL/install.sh | sh
#   curl -fsSL BASE_URL/install.sh | sh -s -- --version 0.1.0 --prefix "$HOME/.local"
#
# Options: --version V     the version; else the latest
#          --prefix DIR    where bin/rontgen goes; else /usr/local if it can be written, else ~/.local
#          --base-url URL  where releases are; RONTGEN_BASE_URL does the same
#          --uninstall     remove bin/rontgen
# It never calls sudo: run it as a user who may write the prefix.
set -eu

base_url=${RONTGEN_BASE_URL:-@BASE_URL@}
version=latest
prefix=
uninstall=no
work=

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --version) [ $# -gt 1 ] || fail "--version needs a version"; version=${2#v}; shift 2 ;;
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder"; prefix=$2; shift 2 ;;
    --base-url) [ $# -gt 1 ] || fail "--base-url needs a URL"; base_url=$2; shift 2 ;;
    --uninstall) uninstall=yes; shift ;;
    -h | --help) sed -n '2,12p' "$0" 2>/dev/null || true; exit 0 ;;
    *) fail "unknown option \"$1\"; --version, --prefix, --base-url and --uninstall are known" ;;
  esac
done

if [ -z "$prefix" ]; then
  if [ -w /usr/local/bin ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
fi
target=$prefix/bin/rontgen

if [ "$uninstall" = yes ]; then
  [ -e "$target" ] || fail "there is no $target; name its --prefix"
  rm "$target" || fail "cannot remove $target"
  echo "Removed $target. Configs and the spool are left where they are."
  exit 0
fi

case $base_url in
  http://* | https://*) ;;
  *) fail "say where releases are: --base-url URL" ;;
esac
base_url=${base_url%/}

platform() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no release for the processor $machine (x86_64 and arm64 have one)" ;;
  esac
  case $system in
    Darwin) echo "darwin-$machine" ;;
    Linux) if is_musl; then echo "linux-$machine-musl"; else echo "linux-$machine"; fi ;;
    *) fail "there is no release for $system here (Linux and macOS have one; Windows has rontgen-windows-x64.exe.gz)" ;;
  esac
}

is_musl() {
  if command -v ldd >/dev/null 2>&1; then
    case $(ldd --version 2>&1 || true) in *musl*) return 0 ;; *) return 1 ;; esac
  fi
  ls /lib/ld-musl-* >/dev/null 2>&1
}

fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsSL "$1" -o "$2" || fail "cannot download $1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q "$1" -O "$2" || fail "cannot download $1"
  else
    fail "curl or wget is needed"
  fi
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 "$1" | sed 's/.* //'
  else
    fail "sha256sum, shasum or openssl is needed to verify the download"
  fi
}

main() {
  name=rontgen-$(platform)
  mkdir -p "$prefix/bin" 2>/dev/null && [ -w "$prefix/bin" ] || fail "cannot write $prefix/bin; name a --prefix of your own"
  # On the same file system, so that the last step is one rename.
  work=$(mktemp -d "$prefix/bin/.rontgen-XXXXXX") || fail "cannot write $prefix/bin"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' INT TERM
  if [ "$version" = latest ]; then
    fetch "$base_url/latest" "$work/latest"
    version=$(tr -d ' \r\n' <"$work/latest")
    case $version in '' | *[!0-9A-Za-z.-]*) fail "$base_url/latest does not hold a version" ;; esac
  fi
  fetch "$base_url/v$version/SHA256SUMS" "$work/SHA256SUMS"
  fetch "$base_url/v$version/$name.gz" "$work/$name.gz"
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\.gz\$/\1/p" "$work/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS of version $version does not name $name.gz"
  found=$(sha256 "$work/$name.gz")
  [ "$wanted" = "$found" ] || fail "the download is damaged: its SHA-256 is $found, not $wanted; nothing was installed"
  gzip -dc "$work/$name.gz" >"$work/rontgen" || fail "cannot decompress $name.gz"
  chmod 755 "$work/rontgen"
  "$work/rontgen" --version >/dev/null || fail "the executable does not run here; nothing was installed"
  before=
  if [ -x "$target" ]; then before=$("$target" --version 2>/dev/null || true); fi
  mv -f "$work/rontgen" "$target"
  after=$("$target" --version)
  if [ -n "$before" ]; then echo "Upgraded $target from $before to $after"; else echo "Installed $after as $target"; fi
  case :$PATH: in *":$prefix/bin:"*) ;; *) echo "Add $prefix/bin to your PATH." ;; esac
}

main
