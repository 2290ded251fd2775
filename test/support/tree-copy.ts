import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bun, root } from '../../scripts/tools.mjs'

const parts = [
  'src',
  'scripts',
  'docs',
  'test/support',
  'test/gen',
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'config.ts',
  'package.json',
  'package-lock.json',
]
const settings = ['deno.json', 'tsconfig.json', 'knip.json']

/** A copy of the sources, which a test may change. */
export class TreeCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'rontgen-tree-'))

  constructor() {
    // The times stay: by them the set-up knows that nothing has to be installed.
    const options = { recursive: true, preserveTimestamps: true }
    for (const name of [...parts, ...settings]) cpSync(join(root, name), join(this.folder, name), options)
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'))
    mkdirSync(join(this.folder, 'dist'))
    cpSync(join(root, 'dist/page.txt'), join(this.folder, 'dist/page.txt'))
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  append(path: string, text: string): void {
    this.write(path, this.read(path) + text)
  }

  /** Replaces a part of a file. @throws {Error} if the part is not there exactly once */
  replace(path: string, part: string, replacement: string): void {
    const pieces = this.read(path).split(part)
    if (pieces.length !== 2) throw new Error(`${path} has ${pieces.length - 1} times: ${part}`)
    this.write(path, pieces.join(replacement))
  }

  /** Runs a file of the copy by Bun. */
  run(file: string, args: readonly string[] = [], cwd = this.folder): SpawnSyncReturns<string> {
    const env = { PATH: process.env['PATH'], HOME: cwd, RONTGEN_STATE_DIR: join(cwd, 'state') }
    return spawnSync(bun(), [join(this.folder, file), ...args], { encoding: 'utf8', cwd, env })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
