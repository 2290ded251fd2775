import { otlpGrpc } from './otlp/otlp-grpc.ts'
import { otlpHttp } from './otlp/otlp-http.ts'
import { xrayProxy } from './xray-proxy/xray-proxy.ts'
import { xrayUdp } from './xray-udp/xray-udp.ts'

/**
 * Every receiver. The config's schema, the port flags, what the doctor checks, and the tables of the docs are computed
 * from this list: one more is one more line.
 */
export const receivers = [
  otlpGrpc,
  otlpHttp,
  xrayUdp,
  xrayProxy,
] as const
