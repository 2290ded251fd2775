type Json = Record<string, unknown>

/** Normalises documents as the recorded ones are: see test/golden/README.md. */
export function normalise(documents: Json[]): Json[] {
  const service = documents.length === 2
    ? documents.find((document) => document['type'] === undefined)?.['id']
    : undefined
  return documents.map((document) => normaliseDocument(document, service)).sort((a, b) =>
    String(a['id']) < String(b['id']) ? -1 : 1
  )
}

function normaliseDocument(document: Json, service: unknown): Json {
  const copy: Json = structuredClone(document)
  for (const flag of ['fault', 'error', 'throttle']) if (copy[flag] === false) delete copy[flag]
  const metadata = copy['metadata'] as Json | undefined
  if (metadata !== undefined) delete metadata['otel']
  if (metadata !== undefined && Object.keys(metadata).length === 0) delete copy['metadata']
  if (service !== undefined && copy['id'] === service) copy['id'] = 'SERVICESEGMENT'
  if (service !== undefined && copy['parent_id'] === service) copy['parent_id'] = 'SERVICESEGMENT'
  const exceptions = (copy['cause'] as { exceptions?: Json[] } | undefined)?.exceptions ?? []
  const names = new Map(exceptions.map((exception, i) => [exception['id'], `x${i}`]))
  for (const exception of exceptions) {
    exception['id'] = names.get(exception['id'])
    if (exception['cause'] !== undefined) exception['cause'] = names.get(exception['cause'])
  }
  return copy
}

/** The differences of two JSON values, one line each. Numbers that are not integers may differ by a relative 1e-9. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const near = Math.abs(expected - actual) <= 1e-9 * Math.max(Math.abs(expected), Math.abs(actual))
    return expected === actual || (near && !Number.isInteger(expected))
      ? []
      : [`${path}: expected ${expected}, got ${actual}`]
  }
  if (isObject(expected) && isObject(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) => differences(expected[key], actual[key], `${path}.${key}`))
  }
  return expected === actual ? [] : [`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`]
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}
