import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../scripts/tools.mjs'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { hex, jsonRequest } from './support/otlp.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-cli-'))
after(() => rmSync(folder, { recursive: true }))

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `rontgen (${runtime}) ${text}`
  const [command, ...first] = commandOf(runtime)
  const run = (args: string[], input?: string) =>
    spawnSync(command, [...first, ...args], {
      cwd: folder,
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    })
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return name
  }

  test(title('prints its version, and the help of each command'), () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    assert.equal(run(['--version']).stdout, `rontgen ${version}\n`)
    const help = run(['--help']).stdout
    for (const name of ['run', 'init', 'validate', 'print-config', 'explain']) {
      assert.match(help, new RegExp(`^  ${name} `, 'm'))
      const commandHelp = run([name, '--help'])
      assert.equal(commandHelp.status, 0)
      assert.match(commandHelp.stdout, new RegExp(`^Usage: rontgen ${name}`))
      assert.equal(run(['help', name]).stdout, commandHelp.stdout)
    }
    assert.equal(run(['help']).stdout, help)
  })

  test(title('rejects an unknown command or option with exit code 64 and a hint'), () => {
    for (
      const [args, hint] of [[['rnu'], /did you mean "run"/], [
        ['validate', '--nope'],
        /--nope.*see rontgen validate --help/,
      ], [['explain'], /needs a FILE/]] as const
    ) {
      const { status, stderr } = run([...args])
      assert.equal(status, 64)
      assert.match(stderr, hint)
    }
  })

  test(title('rejects an invalid config with exit code 78 and every issue'), () => {
    const file = write(
      'wrong.ts',
      "import { defineConfig } from 'rontgen'\nexport default defineConfig({\n  queue: { maxbytes: 1 },\n  export: { xray: { region: 'mars' } },\n})\n",
    )
    for (const args of [['validate', file], ['run', '--config', file]]) {
      const { status, stderr } = run(args)
      assert.equal(status, 78)
      assert.match(stderr, /wrong\.ts:3: queue\.maxbytes is not known; did you mean "queue\.maxBytes"\?/)
      assert.match(stderr, /wrong\.ts:4: export\.xray\.region is "mars", expected a region such as 'us-west-2'/)
    }
    assert.equal(run(['validate', 'nowhere.ts']).status, 78)
    const syntax = run(['validate', write('syntax.ts', 'export default {\n  queue: { ]\n  export: {}\n}')])
    assert.equal(syntax.status, 78)
    assert.match(syntax.stderr, /syntax\.ts.*cannot be read: .*\n?.*Expected/)
    assert.match(syntax.stderr, /syntax\.ts:2/)
    assert.match(run(['validate', write('empty.ts', 'export const a = 1')]).stderr, /must export default defineConfig/)
  })

  test(title('accepts a config that is a function of the environment and the host'), () => {
    const file = write(
      'function.ts',
      "import { defineConfig } from 'rontgen'\nexport default defineConfig(async ({ env, host }) => ({ queue: { dir: `/x/${env.WHERE}/${host.platform}` } }))\n",
    )
    const { stdout } = spawnSync(command, [...first, 'print-config', file, '--region', 'eu-west-1'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, WHERE: 'here' },
    })
    const settings = JSON.parse(stdout)
    assert.equal(settings.queue.dir, `/x/here/${process.platform}`)
    assert.equal(settings.export.xray.region, 'eu-west-1')
    assert.equal(settings.queue.maxBytes, 1 << 30)
  })

  test(title('masks secrets in print-config'), () => {
    const file = write(
      'secret.ts',
      "export default { export: { xray: { proxy: 'http://me:hunter2@proxy:3128', endpoint: 'https://me:hunter2@vpce/?token=hunter2', externalId: 'hunter2' } } }\n",
    )
    const { stdout } = run(['print-config', file])
    assert.doesNotMatch(stdout, /hunter2/)
    assert.match(stdout, /http:\/\/\*\*\*@proxy/)
  })

  test(title('init writes a config and types with which an editor checks it'), () => {
    const dir = mkdtempSync(join(folder, 'init-'))
    const { status } = spawnSync(command, [...first, 'init'], { cwd: dir })
    assert.equal(status, 0)
    const compile = (): string => {
      const args = [
        join(root, 'node_modules/typescript/bin/tsc'),
        '--noEmit',
        '--pretty',
        'false',
        '--strict',
        '--target',
        'esnext',
        '--moduleResolution',
        'bundler',
        '--module',
        'esnext',
        '--types',
        '',
        'config.ts',
        'rontgen.d.ts',
      ]
      return spawnSync('node', args, { cwd: dir, encoding: 'utf8' }).stdout
    }
    assert.equal(compile(), '')
    writeFileSync(join(dir, 'config.ts'), readFileSync(join(root, 'config.ts')))
    assert.equal(compile(), '')
    writeFileSync(
      join(dir, 'config.ts'),
      "import { defineConfig } from 'rontgen'\nexport default defineConfig({ queue: { sync: 'fulll', maxbytes: 1 } })\n",
    )
    assert.match(compile(), /error TS/)
  })

  test(title('without an exporter prints one line per trace, or the documents, and sends nothing'), async () => {
    for (const args of [[], ['--documents']]) {
      const agent = await AgentProcess.start({
        runtime,
        args,
        env: { AWS_REGION: 'us-west-2' },
        config: "{ queue: { batchWait: '10ms' } }",
      })
      const traceId = hex(16)
      const spans = [
        {
          traceId,
          spanId: '1'.repeat(16),
          attributes: { 'http.method': 'GET', 'http.url': 'http://shop/a', 'http.status_code': 500 },
        },
        { traceId, parentSpanId: '1'.repeat(16), kind: 1 },
      ]
      await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: jsonRequest(spans),
      })
      await waitFor(() => agent.output.split('\n').length > (args.length === 0 ? 1 : 2), 'the output')
      if (args.length > 0) assert.equal(JSON.parse(agent.output.split('\n')[0] ?? '').id, '1'.repeat(16))
      else {assert.match(
          agent.output,
          new RegExp(
            `1-${traceId.slice(0, 8)}-${traceId.slice(8)}  shop  GET http://shop/a 500  2 spans  [\\d.]+ ms  FAULT`,
          ),
        )}
      assert.match(agent.log, /nothing leaves this machine/)
      assert.equal(await agent.stop('SIGINT'), 0)
    }
  })

  test(title('exits 69 when a port is in use, and says so'), async () => {
    const agent = await AgentProcess.start({ runtime })
    for (
      const [name, flag] of [['otlp.grpc', 'otlp-grpc'], ['otlp.http', 'otlp-http'], ['xray.udp', 'xray-udp'], [
        'xray.proxy',
        'xray-proxy',
      ]] as const
    ) {
      const failing = AgentProcess.start({ runtime, args: [`--${flag}-port`, String(agent.port(name))] })
      await assert.rejects(
        failing,
        /The agent ended with 69:[\s\S]*Cannot bind (TCP|UDP) 127\.0\.0\.1:\d+: the port is in use/,
      )
    }
    await agent.stop()
  })

  test(title('stops at once at a second signal'), async () => {
    const agent = await AgentProcess.start({
      runtime,
      config: "{ export: { xray: { endpoint: 'http://127.0.0.1:9', region: 'us-west-2' } } }",
    })
    await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: jsonRequest([{}]),
    })
    agent.child.kill('SIGINT')
    await waitFor(() => agent.log.includes('Stopping'), 'the stop')
    agent.child.kill('SIGINT')
    await waitFor(() => agent.exitCode !== undefined, 'the end', 5000)
    assert.match(agent.log, /1 document stays in the spool/)
    await agent.stop()
  })
}
