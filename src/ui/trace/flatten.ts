/**
 * The values within a value, with their paths.
 *
 * @param value any JSON value; undefined has no values
 * @param path of the value itself; empty for the outermost
 * @returns pairs such as `aws.ecs.container` and its value as text
 */
export function flatten(value: unknown, path = ''): [path: string, value: string][] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
}
