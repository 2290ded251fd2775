import { existsSync, writeFileSync } from 'node:fs'
import { editorTypes } from '../config/editor-types.ts'
import { type Command, Exit } from './command.ts'
import { UsageError } from './usage-error.ts'

const EXAMPLE = `import { defineConfig } from 'rontgen'

// Every key is optional; docs/config.md lists them all. Without \`export.xray\` nothing leaves this machine.
export default defineConfig({
  // export: { xray: { region: 'us-west-2' } },
  // translate: { indexedAttributes: ['order.id'] },
})
`

/** Writes a config to begin with. */
export const init: Command = {
  name: 'init',
  summary: 'write config.ts, and rontgen.d.ts that lets an editor check it',
  args: '',
  details:
    'Nothing has to be installed for the editor. A config.ts that is there stays; rontgen.d.ts is brought up to date.',
  options: {},
  run({ print }) {
    const isThere = existsSync('config.ts')
    try {
      if (!isThere) writeFileSync('config.ts', EXAMPLE)
      writeFileSync('rontgen.d.ts', editorTypes())
    } catch (cause) {
      throw new UsageError(`Cannot write here: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
    print(isThere ? 'config.ts is there already and stays\n' : 'Wrote config.ts\n')
    print('Wrote rontgen.d.ts\n')
    return Promise.resolve(Exit.ok)
  },
}
