/**
 * Every receiver. The config's schema, port flags and `--host`, what the doctor checks, what `init` offers, what the
 * compat readers turn off, and the tables of the docs are computed from this list: one more is one more line.
 */
export { otlpGrpc } from './otlp/otlp-grpc.ts'
export { otlpHttp } from './otlp/otlp-http.ts'
export { xrayProxy } from './xray-proxy/xray-proxy.ts'
export { xrayUdp } from './xray-udp/xray-udp.ts'
