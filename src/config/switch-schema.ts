import * as v from 'valibot'

/** A section that is on unless it is set to `false`. */
export function onByDefault<S extends v.GenericSchema>(schema: S) {
  return v.optional(v.union([v.literal(false), schema], 'an object, or false to turn it off'), {})
}

/** A section that is off unless it is set. */
export function offByDefault<S extends v.GenericSchema>(schema: S) {
  return v.optional(v.union([v.literal(false), schema], 'an object, or false'), false)
}
