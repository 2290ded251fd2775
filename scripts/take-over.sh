#!/bin/sh
# Takes over port 2000 from the X-Ray daemon and the CloudWatch agent: stops and disables them and starts rontgen, or
# starts them again if rontgen does not start. Run it as root.
#
#   take-over.sh [--config FILE]
set -eu

config=
while [ $# -gt 0 ]; do
  case $1 in
    --config) [ $# -gt 1 ] || { echo "take-over.sh: --config needs a file" >&2; exit 64; }; config=$2; shift 2 ;;
    *) echo "take-over.sh: unknown option \"$1\"; --config is known" >&2; exit 64 ;;
  esac
done
set -- ${config:+--config "$config"}

# Validate the config before anything is stopped.
rontgen validate "$@"

stopped=
for unit in xray.service amazon-cloudwatch-agent.service; do
  if systemctl is-active --quiet "$unit"; then
    systemctl stop "$unit"
    stopped="$stopped $unit"
    echo "Stopped $unit"
  fi
done

if rontgen start "$@"; then
  for unit in $stopped; do systemctl disable --quiet "$unit"; done
  echo "rontgen has taken over${stopped:+ from$stopped}"
else
  echo "take-over.sh: rontgen did not start; starting again:${stopped:- nothing}" >&2
  for unit in $stopped; do systemctl start "$unit"; done
  exit 69
fi
