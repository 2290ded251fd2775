import { defineConfig } from 'rontgen'

// What rontgen does by default, with every key that is there; docs/config.md tells what each one does. Each key may be
// left out, and so may this file.
export default defineConfig({
  receive: {
    otlp: {
      grpc: { host: '127.0.0.1', port: 4317, maxMessageSize: '20MiB', keepaliveTime: '2h', keepaliveTimeout: '20s' },
      http: { host: '127.0.0.1', port: 4318, maxBodySize: '20MiB', allowedOrigins: [] },
    },
    xray: {
      udp: { host: '127.0.0.1', port: 2000, receiveBuffer: '4MiB' },
      proxy: { host: '127.0.0.1', port: 2000 },
    },
    maxInFlight: '64MiB',
  },
  translate: { indexedAttributes: [], indexAllAttributes: false, logGroups: [] },
  queue: {
    // dir: '/var/lib/rontgen',
    maxBytes: '1GiB',
    maxMemory: '32MiB',
    maxAge: '7d',
    sync: 'normal',
    batchWait: '1s',
    stopTimeout: '10s',
    maxDeadLetters: '128MiB',
  },
  export: {
    // Nothing leaves this machine until this is set; credentials are found as by the AWS SDKs.
    // xray: { region: 'us-west-2', concurrency: 8, timeout: '10s' },
    xray: false,
    local: { maxBytes: '1GiB', maxAge: '7d' },
  },
  admin: { host: '127.0.0.1', port: 4319 },
  logLevel: 'info',
})
