import { otlpGrpc } from './otlp/otlp-grpc.ts'
import { otlpHttp } from './otlp/otlp-http.ts'
import { xrayProxy } from './xray-proxy/xray-proxy.ts'
import { xrayUdp } from './xray-udp/xray-udp.ts'

/** Every receiver; one more is one more line, and its key in the config's schema. */
export const receivers = { otlpGrpc, otlpHttp, xrayUdp, xrayProxy } as const
