import * as v from 'valibot'

const units: Record<string, number> = { B: 1, KB: 1000, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }
const times: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const size = "a size such as '20MiB'"
const time = "a time such as '10s'"

/** A number of bytes: a number, or text such as `'20MiB'`; code gets the number. */
export const bytes = v.pipe(
  v.union(
    [v.pipe(v.number(), v.minValue(0, size)), v.pipe(v.string(), v.regex(/^\d+(\.\d+)?\s*(B|[KMG]i?B)$/, size))],
    size,
  ),
  v.transform((value): number => {
    if (typeof value === 'number') return value
    const [, amount = '0', unit = 'B'] = /^([\d.]+)\s*(\w+)$/.exec(value) ?? []
    return Math.round(Number(amount) * (units[unit] ?? 1))
  }),
)

/** A time span: text such as `'10s'`; code gets milliseconds. */
export const duration = v.pipe(
  v.pipe(v.string(time), v.regex(/^\d+(\.\d+)?\s*(ms|s|m|h|d)$/, time)),
  v.transform((value): number => {
    const [, amount = '0', unit = 'ms'] = /^([\d.]+)\s*(\w+)$/.exec(value) ?? []
    return Number(amount) * (times[unit] ?? 1)
  }),
)

/** A TCP or UDP port; 0 takes any that is free. */
export const port = v.pipe(
  v.number('a port number'),
  v.integer('a port number'),
  v.minValue(0, 'a port number'),
  v.maxValue(65535, 'a port number'),
)

/** An address to listen on. */
export const host = v.pipe(v.string('a host name or IP address'), v.nonEmpty('a host name or IP address'))

/** An http or https URL. */
export const url = v.pipe(
  v.string('a URL'),
  v.regex(/^https?:\/\/[^\s/]+/, 'a URL that starts with http:// or https://'),
)

/** A file name. */
export const file = v.pipe(v.string('a file name'), v.nonEmpty('a file name'))

/** A whole number from 1 up to `max`. */
export const count = (max: number) =>
  v.pipe(
    v.number('a number'),
    v.integer('a whole number'),
    v.minValue(1, 'at least 1'),
    v.maxValue(max, `at most ${max}`),
  )

const regionText = "a region such as 'us-west-2'"

/** An AWS region, of any partition. */
export const region = v.pipe(v.string(regionText), v.regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, regionText))

/** Certificates for a listener. */
export const tls = v.strictObject({
  cert: v.pipe(v.string(), v.description('PEM file with the certificate chain.')),
  key: v.pipe(v.string(), v.description('PEM file with the private key.')),
  clientCa: v.pipe(
    v.optional(v.string()),
    v.description('PEM file with the certificate authorities of clients; clients must then present a certificate.'),
  ),
})

/** Settings of {@link tls}. */
export type TlsSettings = v.InferOutput<typeof tls>
