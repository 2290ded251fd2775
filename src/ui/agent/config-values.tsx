import { CopyButton } from '../kit/copy-button.tsx'
import './config-values.css'

/** The answer to /config: every value in force, as text, and where it comes from. */
export interface ConfigAnswer {
  /** The path of the config; null if there is none. */
  readonly file: string | null
  readonly values: readonly { readonly path: string; readonly value: string; readonly source: string }[]
}

/** The config in force. */
export function ConfigValues({ config }: { config: ConfigAnswer }) {
  const text = config.values.map(({ path, value }) => `${path}: ${value}`).join('\n')
  return (
    <div class='box'>
      <div class='hd'>
        <h2 class='grow'>
          Config <span class='mute light'>{config.file ?? 'no file, the defaults'}</span>
        </h2>
        <CopyButton text={text} />
      </div>
      <div class='cfg' tabIndex={0} role='region' aria-label='Values in force'>
        {config.values.map(({ path, value, source }) => (
          <div key={path} class={source === 'default' ? '' : 'set'}>
            <span>{path}: {value}</span>
            <span>{source}</span>
          </div>
        ))}
      </div>
    </div>
  )
}
