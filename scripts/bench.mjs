// npm run bench: the cost of each step, in µs of CPU per span; the best of five passes.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { install } from './set-up.mjs'
import { bun, root } from './tools.mjs'

install()
process.exitCode = spawnSync(bun(), [join(root, 'test/bench/steps.ts')], { cwd: root, stdio: 'inherit' }).status ?? 1
