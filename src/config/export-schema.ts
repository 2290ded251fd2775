import * as v from 'valibot'
import type { Exporter } from '../component/exporter.ts'
import { exporterList, type RegisteredExporter } from '../export/exporter-list.ts'
import { listOf } from './list-of.ts'

type Kind = RegisteredExporter['name']
type SchemaOf<K extends Kind> = Extract<RegisteredExporter, { readonly name: K }>['schema']

/** What happens when the queue of an exporter is full. */
export type WhenFull = 'push-back' | 'drop-oldest'

/** What a config may contain for an exporter of a kind. */
export type ExporterConfig<K extends Kind> = v.InferInput<SchemaOf<K>> & { readonly whenFull?: WhenFull }
/** An exporter under a name that the user chooses, as `xray({ … })` returns it. */
export type NamedExporterConfig = { [K in Kind]: ExporterConfig<K> & { readonly type: K } }[Kind]
type ExporterSettings<K extends Kind> = v.InferOutput<SchemaOf<K>> & { readonly type?: K; readonly whenFull: WhenFull }

/** Exporters under the names of their kinds. */
type KnownExporters = { readonly [K in Kind]?: boolean | (ExporterConfig<K> & { readonly type?: K }) }
type ExportInput =
  & KnownExporters
  & { readonly [name: string]: boolean | NamedExporterConfig | ExporterConfig<Kind> }
/** The exporters of a config, by their names `E`: those that are no kinds are made by functions such as `xray()`. */
export type ExportersNamed<E extends string> =
  & KnownExporters
  & {
    readonly [N in E]?: string extends N ? unknown
      : N extends Kind ? KnownExporters[N]
      : NamedExporterConfig | false
  }
type ExportOutput =
  & { readonly [K in Kind]: false | ExporterSettings<K> }
  & { readonly [name: string]: false | ExporterSettings<Kind> }

const NAME = /^[a-zA-Z][\w-]*$/
const NAME_RULE = 'a name begins with a letter, followed by letters, digits, _ and -'

const whenFull = v.pipe(
  v.optional(v.picklist(['push-back', 'drop-oldest'], "'push-back' or 'drop-oldest'")),
  v.description(
    'What to do when `queue.maxBytes` wait for it: `push-back` makes clients wait, `drop-oldest` drops the oldest documents. Default: `push-back`, and `drop-oldest` for exporters that store on this machine while another sends data away.',
  ),
)

/** Settings of all exporters, by name, computed from their definitions. */
export const exportSchema = buildSchema() as unknown as v.GenericSchema<ExportInput, ExportOutput> // names become keys, which TypeScript cannot follow

function buildSchema(): v.GenericSchema {
  const entries: v.ObjectEntries = Object.fromEntries(
    exporterList.map((exporter) => [exporter.name, entryOf(exporter)]),
  )
  const named = v.union(
    [v.literal(false), v.variant('type', exporterList.map(namedSchema))],
    'an exporter such as xray({ … })',
  )
  const object: v.GenericSchema<unknown, Record<string, unknown>> = v.objectWithRest(entries, v.optional(named))
  return v.pipe(
    object,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      for (const [name, value] of Object.entries(dataset.value)) {
        const message = NAME.test(name) ? secondOf(name, dataset.value) : NAME_RULE
        const key = { type: 'object', origin: 'value', input: dataset.value, key: name, value } as const
        if (message !== undefined) addIssue({ message, path: [key] })
      }
    }),
    v.transform(resolve),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || Object.values(dataset.value).some((exporter) => exporter !== false)) return
      addIssue({ message: `no exporter is on; set ${listOf(exporterList.map(({ name }) => name))}` })
    }),
  )
}

/** What is wrong with an exporter of a kind of which there can be only one, if there is one before it. */
function secondOf(name: string, config: Record<string, unknown>): string | undefined {
  const kind = isOn(config[name]) ? exporterOf(name, config[name]) : undefined
  if (kind?.isSingle !== true) return undefined
  const [first] = namesOf(kind, config)
  if (first === name) return undefined
  return `there can be only one exporter to ${kind.label}, and "${first}" is one already`
}

function entryOf(exporter: Exporter): v.GenericSchema {
  const { isOnByDefault, leavesMachine, description } = exporter
  const schema = withLaneKeys(exporter)
  const value = v.union(
    [v.literal(false), v.pipe(v.literal(true), v.transform(() => v.parse(schema, {}))), schema],
    'true, false or an object',
  )
  const rule = isOnByDefault
    ? ' On unless data leaves the machine through another exporter, or one like it is set.'
    : ''
  return v.pipe(
    leavesMachine || !isOnByDefault ? v.optional(value, false) : v.optional(value),
    v.description(description + rule),
  )
}

function withLaneKeys({ name, schema }: Exporter) {
  const type = v.optional(v.literal(name, `'${name}'; an exporter of another kind has another name`))
  return v.strictObject({ ...entriesOfObject(schema), whenFull, type })
}

function namedSchema(exporter: Exporter) {
  return v.strictObject({ type: v.literal(exporter.name), ...entriesOfObject(exporter.schema), whenFull })
}

function entriesOfObject(schema: v.GenericSchema): v.ObjectEntries {
  return 'entries' in schema ? schema.entries as v.ObjectEntries : {} // only object schemas have it
}

/** Turns on the exporters that are on by default, and fills in `whenFull`. */
function resolve(config: Record<string, unknown>): Record<string, false | object> {
  const names = [...new Set([...exporterList.map(({ name }) => name), ...Object.keys(config)])]
  const leaves = names.some((name) => isOn(config[name]) && exporterOf(name, config[name])?.leavesMachine === true)
  return Object.fromEntries(names.map((name) => [name, resolveOne(name, config, leaves)]))
}

/** @param leaves whether data leaves the machine through any exporter */
function resolveOne(name: string, config: Record<string, unknown>, leaves: boolean): false | object {
  const exporter = exporterOf(name, config[name])
  if (exporter === undefined) return false
  const isDefault = exporter.isOnByDefault === true && !leaves && namesOf(exporter, config).length === 0
  const settings = config[name] ?? (isDefault ? v.parse(withLaneKeys(exporter), {}) : false)
  if (!isOn(settings)) return false
  const { type, whenFull, ...rest } = settings
  const defaultWhenFull: WhenFull = leaves && !exporter.leavesMachine ? 'drop-oldest' : 'push-back'
  return { ...rest, whenFull: whenFull ?? defaultWhenFull, ...(name === exporter.name ? {} : { type }) }
}

/** The names in the config of the exporters of a kind. */
function namesOf(kind: Exporter, config: Record<string, unknown>): string[] {
  return Object.keys(config).filter((name) => isOn(config[name]) && exporterOf(name, config[name]) === kind)
}

function isOn(value: unknown): value is { readonly type?: string; readonly whenFull?: WhenFull } {
  return typeof value === 'object' && value !== null
}

/** The exporter of a key: that of the value's `type`, else that of the key's name. */
function exporterOf(name: string, value: unknown): Exporter | undefined {
  const type = isOn(value) ? value.type ?? name : name
  return exporterList.find((exporter) => exporter.name === type)
}
