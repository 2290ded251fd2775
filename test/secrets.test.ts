import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { AgentProcess } from './support/agent-process.ts'
import { runCommand } from './support/run-command.ts'
import { sendSpans } from './support/send-spans.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-secrets-'))
after(() => rmSync(folder, { recursive: true }))
const env = { HOME: folder, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hunter2key' }
const NEVER = 'new Promise(() => {})'

test('secrets: what is in the URL of an endpoint, and the external id, is printed nowhere', async () => {
  const xray = `{ region: 'us-west-2', endpoint: 'http://hunter2:hunter2@127.0.0.1:9/?token=hunter2', ` +
    `proxy: 'http://hunter2:hunter2@127.0.0.1:9', externalId: 'hunter2', insecure: true }`
  const config = `{ export: { xray: ${xray} }, logLevel: 'debug', queue: { stopTimeout: '100ms' } }`
  const agent = await AgentProcess.start({ config })
  await sendSpans(agent, 5)
  await waitFor(() => agent.log.includes('Delivery to xray fails'), 'the failure')
  const file = join(agent.folder, 'config.ts')
  const answers = ['/status', '/config', '/metrics'].map(async (path) => await (await agent.admin(path)).text())
  const commands = [['print-config', file], ['doctor', '--config', file], ['status', '--config', file], [
    'validate',
    file,
  ]]
  const outputs = commands.map(async (args) => {
    const { stdout, stderr } = await runCommand(args, { ...env, RONTGEN_ADMIN_PORT: String(agent.port('admin')) })
    return `${args[0]}: ${stdout}${stderr}`
  })
  for (const text of [agent.log, ...await Promise.all([...answers, ...outputs])]) assert.doesNotMatch(text, /hunter2/)
  agent.writeConfig(`{ export: { xray: { endpoint: 'https://hunter2:hunter2@', externalId: 3 } } }`)
  await waitFor(() => agent.log.includes('Cannot reload'), 'the reload')
  await agent.stop()
  assert.doesNotMatch(agent.log, /hunter2/)
})

test('secrets: other users can read neither spool, store nor log, of a folder that was there too', async () => {
  const dir = mkdtempSync(join(folder, 'state-'))
  const log = join(dir, 'logs/rontgen.log')
  const agent = await AgentProcess.start({
    dir,
    config: `{ export: { local: true } }`,
    wrap: ['sh', '-c', 'umask 0; exec "$0" "$@"'],
  })
  await sendSpans(agent, 5)
  agent.writeConfig(`{ export: { local: true }, logFile: '${log}' }`)
  await waitFor(() => existsSync(log) && readFileSync(log, 'utf8').includes('Reloaded'), 'the reload')
  await waitFor(() => existsSync(join(dir, 'spool.reserve')), 'the reserve')
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    assert.equal(statSync(join(dir, name)).mode & 0o077, 0, name)
  }
  await agent.stop()
})

test('secrets: a config whose promise never resolves is an error after a while, at the start', async () => {
  const file = join(folder, 'never.ts')
  writeFileSync(file, `export default async () => await ${NEVER}\n`)
  const { status, stderr } = await runCommand(['run', '--config', file], env)
  assert.equal(status, 78)
  assert.match(stderr, /never\.ts: cannot be read: it has no result after 10 s/)
  writeFileSync(file, `await ${NEVER}\nexport default {}\n`)
  assert.match((await runCommand(['validate', file], env)).stderr, /it has no result after 10 s/)
})

test('secrets: a config whose promise never resolves leaves the old one in force, and later ones are loaded', async () => {
  const agent = await AgentProcess.start({ config: `{ export: { local: true } }` })
  writeFileSync(join(agent.folder, 'config.ts'), `export default () => ${NEVER}\n`)
  await waitFor(() => /Cannot reload, so the config stays .* no result after 10 s/.test(agent.log), 'the error', 30_000)
  await sendSpans(agent, 5)
  agent.writeConfig(`{ export: { local: true }, queue: { batchWait: '50ms' } }`)
  await waitFor(() => agent.log.includes('Reloaded:'), 'the reload')
  assert.equal(await agent.stop(), 0)
})
