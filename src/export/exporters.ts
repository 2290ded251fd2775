/**
 * Every exporter. The config's schema, its functions for further exporters, flags, what the doctor checks, what `init`
 * offers, and the tables of the docs are computed from this list: one more is one more line.
 */
export { terminal as console } from './console/console.ts'
export { local } from './local/local.ts'
export { xray } from './xray/xray.ts'
