import { useState } from 'preact/hooks'
import type { Segment, Trace } from '../trace/assemble-trace.ts'
import { exceptionsOf } from '../trace/causes-of.ts'
import { type Json, listOf, objectOf, textOf } from '../bytes/json.ts'
import { Icon, StateMark } from './outcome.tsx'
import { stateOfSegment } from './waterfall-rows.ts'

/** The exceptions of a document. */
export function exceptionsIn(document: Json): Json[] {
  return listOf(objectOf(document['cause'])['exceptions']).map(objectOf)
}

/** What was thrown, and where: own frames stand out, those of libraries are folded. */
export function ExceptionsTab({ trace, segment }: { trace: Trace; segment: Segment }) {
  const exceptions = exceptionsIn(segment.document)
  const others = [...trace.segments.values()].filter((one) => one !== segment && exceptionsOf(one).length > 0)
  return (
    <>
      {exceptions.map((exception, i) => {
        const cause = exceptions.find(({ id }) => id !== undefined && id === exception['cause'])
        return (
          <article key={String(exception['id'] ?? i)} class='exception'>
            <h2 class='st fault'>
              <Icon name='fault' />
              {textOf(exception['type']) ?? 'Exception'}
            </h2>
            <p>{textOf(exception['message'])}</p>
            <Stack frames={listOf(exception['stack']).map(objectOf)} exception={exception} />
            {cause !== undefined && <p class='mute'>caused by {textOf(cause['type'])}</p>}
          </article>
        )
      })}
      {others.length > 0 && (
        <>
          <h3>Also in this trace</h3>
          <table class='mini'>
            <tbody>
              {others.slice(0, 10).map((one) => (
                <tr key={one.id}>
                  <td>
                    <a href={`?span=${one.id}`}>{one.name}</a>
                  </td>
                  <td class='mono'>{exceptionsOf(one)[0]?.name}</td>
                  <td class='num'>
                    <StateMark state={stateOfSegment(one)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  )
}

interface Frame {
  readonly label: string
  readonly path: string
  readonly line: string
  /** The library that it is of; undefined if it is the application's own. */
  readonly library: string | undefined
}

/** Where libraries lie, with their name in it. */
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

function frameOf(frame: Json): Frame {
  const [path, label] = [textOf(frame['path']) ?? '', textOf(frame['label']) ?? '(anonymous)']
  const library = libraries.map((pattern) => pattern.exec(path)?.[1] ?? pattern.exec(label)?.[1]).find((name) =>
    name !== undefined
  )
  return { label, path, line: String(frame['line'] ?? ''), library }
}

function Stack({ frames, exception }: { frames: readonly Json[]; exception: Json }) {
  const [isWhole, setWhole] = useState(false)
  if (frames.length === 0) return <p class='quiet'>No stack was recorded</p>
  const all = frames.map(frameOf)
  const runs: Frame[][] = []
  for (const frame of all) {
    const last = runs.at(-1)
    if (last !== undefined && frame.library !== undefined && last[0]?.library !== undefined) last.push(frame)
    else runs.push([frame])
  }
  const isFolded = (run: readonly Frame[]): boolean => !isWhole && run.length > 1
  const text = all.map(({ label, path, line }) => `    at ${label} (${path}:${line})`).join('\n')
  const head = `${textOf(exception['type']) ?? ''}: ${textOf(exception['message']) ?? ''}`
  return (
    <>
      <div class='stack'>
        {runs.map((run, i) =>
          isFolded(run)
            ? (
              <div key={i} class='fold'>
                <Icon name='right' />
                {run.length} frames in {[...new Set(run.map(({ library }) => library))].slice(0, 3).join(', ')}
              </div>
            )
            : run.map(({ label, path, line, library }, j) => (
              <div key={`${i} ${j}`} class={library === undefined ? 'own' : ''}>
                <span>{label}</span>
                <span class='ln' title={path}>{path.split('/').pop()}:{line}</span>
              </div>
            ))
        )}
      </div>
      <p class='row'>
        <button type='button' class='btn' onClick={() => void navigator.clipboard.writeText(`${head}\n${text}`)}>
          <Icon name='copy' />Copy stack
        </button>
        {runs.some((run) => run.length > 1) && (
          <button
            type='button'
            class='btn bare'
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? 'Fold libraries' : `Show all ${all.length} frames`}
          </button>
        )}
      </p>
    </>
  )
}
