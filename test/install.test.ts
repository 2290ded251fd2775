import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { root } from '../scripts/tools.mjs'

// The releases of these tests are scripts instead of executables.
const folder = mkdtempSync(join(tmpdir(), 'rontgen-install-'))
const files = new Map<string, Buffer>()
const server = createServer((request, response) => {
  const file = files.get(request.url ?? '')
  response.writeHead(file === undefined ? 404 : 200)
  response.end(file)
})
let url = ''
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const version of ['0.1.0', '0.2.0']) release(version)
  files.set('/latest', Buffer.from('0.2.0\n'))
})
after(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function release(version: string, change: (file: Buffer) => Buffer = (file) => file): void {
  const sums: string[] = []
  for (
    const platform of ['linux-x64', 'linux-arm64', 'linux-x64-musl', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64']
  ) {
    const file = gzipSync(`#!/bin/sh\necho "rontgen ${version} ${platform}"\n`)
    files.set(`/v${version}/rontgen-${platform}.gz`, change(file))
    sums.push(`${createHash('sha256').update(file).digest('hex')}  rontgen-${platform}.gz`)
  }
  files.set(`/v${version}/SHA256SUMS`, Buffer.from(sums.join('\n') + '\n'))
}

/** Runs install.sh. @param fakes commands at the front of PATH, as shell scripts by name */
async function install(
  args: readonly string[],
  fakes: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const bin = mkdtempSync(join(folder, 'bin-'))
  for (const [name, text] of Object.entries(fakes)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const child = spawn('sh', [join(root, 'scripts/install.sh'), '--base-url', url, ...args], {
    env: { PATH: `${bin}:${process.env['PATH']}`, HOME: folder },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output }
}

const prefix = (): string => mkdtempSync(join(folder, 'prefix-'))
const left = (dir: string): string[] => (existsSync(join(dir, 'bin')) ? readdirSync(join(dir, 'bin')) : [])

test('install.sh installs the latest version, upgrades and uninstalls', async () => {
  const dir = prefix()
  assert.match(
    (await install(['--prefix', dir, '--version', '0.1.0'])).output,
    /Installed rontgen 0\.1\.0 .*Add .* to your PATH/s,
  )
  assert.match((await install(['--prefix', dir])).output, /Upgraded .* from rontgen 0\.1\.0 .* to rontgen 0\.2\.0/)
  assert.deepEqual(left(dir), ['rontgen'])
  assert.match((await install(['--prefix', dir, '--uninstall'])).output, /Removed/)
  assert.deepEqual(left(dir), [])
  assert.equal((await install(['--prefix', dir, '--uninstall'])).code, 1)
})

test('install.sh detects the platform and libc', async () => {
  for (
    const [system, machine, libc, wanted] of [
      ['Linux', 'x86_64', 'ldd (GNU libc) 2.36', 'linux-x64'],
      ['Linux', 'aarch64', 'musl libc (aarch64)', 'linux-arm64-musl'],
      ['Darwin', 'arm64', '', 'darwin-arm64'],
    ]
  ) {
    const fakes = { uname: `[ "$1" = -s ] && echo ${system} || echo ${machine}`, ldd: `echo "${libc}"` }
    const { output } = await install(['--prefix', prefix()], fakes)
    assert.match(output, new RegExp(`rontgen 0\\.2\\.0 ${wanted} as`))
  }
})

test('install.sh fails on other platforms', async () => {
  for (const uname of ['[ "$1" = -s ] && echo Plan9 || echo x86_64', '[ "$1" = -s ] && echo Linux || echo riscv64']) {
    const { code, output } = await install(['--prefix', prefix()], { uname })
    assert.equal(code, 1)
    assert.match(output, /there is no release for/)
  }
})

for (
  const [name, change] of Object.entries({
    'a wrong checksum': (file: Buffer) => Buffer.concat([file, Buffer.from('x')]),
    'a truncated download': (file: Buffer) => file.subarray(0, file.length - 5),
  })
) {
  test(`install.sh installs nothing after ${name}, and keeps the installed version`, async () => {
    const dir = prefix()
    await install(['--prefix', dir, '--version', '0.1.0'])
    release('0.3.0', change)
    const { code, output } = await install(['--prefix', dir, '--version', '0.3.0'])
    assert.equal(code, 1)
    assert.match(output, /damaged.*nothing was installed/)
    assert.deepEqual(left(dir), ['rontgen'])
    assert.match((await install(['--prefix', dir])).output, /from rontgen 0\.1\.0/)
  })
}

test('install.sh reports an unknown version, an unwritable prefix and an unknown option', async () => {
  const missing = await install(['--prefix', prefix(), '--version', '9.9.9'])
  assert.match(missing.output, /cannot download .*9\.9\.9/)
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  const unwritable = await install(['--prefix', file])
  assert.equal(unwritable.code, 1)
  assert.match(unwritable.output, /cannot write .*name a --prefix/)
  assert.match((await install(['--nope'])).output, /unknown option "--nope"/)
})
