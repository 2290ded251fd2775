import * as v from 'valibot'

const switchText = 'an object, or false to turn it off'

/** A section that is on unless it is set to `false`. */
export function onByDefault<S extends v.GenericSchema>(schema: S) {
  return v.optional(v.union([v.literal(false), schema], switchText), {})
}

/** A section of switches, which `false` turns off together. @param off what it then is */
export function groupOnByDefault<S extends v.GenericSchema>(schema: S, off: v.InferOutput<S>) {
  return v.optional(v.union([v.pipe(v.literal(false), v.transform(() => off)), schema], switchText), {})
}

/** A section that is off unless it is set. */
export function offByDefault<S extends v.GenericSchema>(schema: S) {
  return v.optional(v.union([v.literal(false), schema], 'an object, or false'), false)
}
