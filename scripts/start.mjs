// npm start: installs and builds what is missing or out of date, then runs the agent.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildIfNeeded, install } from './set-up.mjs'
import { root } from './tools.mjs'

install()
buildIfNeeded()
const agent = spawn(join(root, 'dist/rontgen'), ['run', ...process.argv.slice(2)], { stdio: 'inherit', cwd: root })
// Ctrl-C reaches the agent directly; SIGTERM to this process is passed on.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => agent.kill('SIGTERM'))
agent.on('exit', (code) => process.exit(code ?? 1))
