import { useState } from 'preact/hooks'
import { type Json, listOf, objectOf, textOf } from '../../bytes/json.ts'
import { CopyButton } from '../kit/copy-button.tsx'
import { Icon } from '../kit/icon.tsx'
import { shownText } from '../kit/shown-text.ts'
import './stack-trace.css'

interface Frame {
  readonly label: string
  readonly path: string
  readonly line: string
  /** The library that it is of; undefined if it is of the application itself. */
  readonly library: string | undefined
}

/** Libraries that a folded run of frames names. */
const MAX_LIBRARIES = 3

/** Paths and names of libraries' code; the group is the library's name. */
const libraries: readonly RegExp[] = [
  /node_modules\/((?:@[^/]+\/)?[^/]+)/,
  /(?:site|dist)-packages\/([^/]+)/,
  /\/gems\/([^/]+)/,
  /\/pkg\/mod\/([^@]+)/,
  /^(node):/,
  /^(native)\b/,
  /\/(python\d[\d.]*)\//,
  /^<(frozen)/,
  /^((?:java|javax|jdk|sun|kotlin|scala|System|Microsoft)\.[\w.]*)/,
  /^((?:org\.springframework|org\.apache|io\.netty|com\.amazonaws|software\.amazon)[\w.]*)/,
]

/** The stack trace of an exception: frames of the application stand out, those of libraries are folded. */
export function StackTrace({ exception }: { exception: Json }) {
  const [isWhole, setWhole] = useState(false)
  const frames = listOf(exception['stack']).map((frame) => frameOf(objectOf(frame)))
  if (frames.length === 0) return <p class='quiet'>No stack was recorded</p>
  const runs = runsOf(frames)
  return (
    <>
      <div class='stack'>
        {runs.map((run, i) =>
          run.length > 1 && !isWhole
            ? (
              <div key={i} class='fold'>
                <Icon name='right' />
                {run.length} frames in {librariesOf(run)}
              </div>
            )
            : run.map(({ label, path, line, library }, j) => (
              <div key={`${i} ${j}`} class={library === undefined ? 'application' : ''}>
                <span>{label}</span>
                <span class='ln' title={path}>{path.split('/').pop()}:{line}</span>
              </div>
            ))
        )}
      </div>
      <p class='row'>
        <CopyButton text={textOfStack(exception, frames)}>Copy stack</CopyButton>
        {runs.some((run) => run.length > 1) && (
          <button
            type='button'
            class='btn bare'
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? 'Fold libraries' : `Show all ${frames.length} frames`}
          </button>
        )}
      </p>
    </>
  )
}

function frameOf(frame: Json): Frame {
  const [path, label] = [textOf(frame['path']) ?? '', textOf(frame['label']) ?? '(anonymous)']
  const library = libraries.map((pattern) => pattern.exec(path)?.[1] ?? pattern.exec(label)?.[1]).find((name) =>
    name !== undefined
  )
  return { label, path, line: shownText(frame['line'] ?? ''), library }
}

/** The frames in runs: successive frames of libraries are one, each other frame is one of its own. */
function runsOf(frames: readonly Frame[]): Frame[][] {
  const runs: Frame[][] = []
  for (const frame of frames) {
    const last = runs.at(-1)
    if (last !== undefined && frame.library !== undefined && last[0]?.library !== undefined) last.push(frame)
    else runs.push([frame])
  }
  return runs
}

function librariesOf(run: readonly Frame[]): string {
  return [...new Set(run.map(({ library }) => library))].slice(0, MAX_LIBRARIES).join(', ')
}

function textOfStack(exception: Json, frames: readonly Frame[]): string {
  const head = `${textOf(exception['type']) ?? ''}: ${textOf(exception['message']) ?? ''}`
  return [head, ...frames.map(({ label, path, line }) => `    at ${label} (${path}:${line})`)].join('\n')
}
