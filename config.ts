import { defineConfig } from 'rontgen'

// What rontgen does by default, with every key that is there; docs/config.md says what each one does. Each key may be
// left out, and so may this file. Keys without a default are comments.
export default defineConfig({
  receive: {
    otlp: {
      grpc: {
        host: '127.0.0.1',
        port: 4317,
        maxMessageSize: '20MiB',
        keepaliveTime: '2h',
        keepaliveTimeout: '20s',
        // maxConnectionAge: '30m',
        // tls: { cert: 'server.pem', key: 'server.key', clientCa: 'clients.pem' },
      },
      http: {
        host: '127.0.0.1',
        port: 4318,
        maxBodySize: '20MiB',
        allowedOrigins: [],
        // tls: { cert: 'server.pem', key: 'server.key', clientCa: 'clients.pem' },
      },
      additional: [],
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
    whenDeadLettersFull: 'push-back', // no more dead letters; 'drop-oldest' deletes the oldest
  },
  export: {
    // Nothing leaves this machine until this is set; credentials are found as by the AWS SDKs.
    // xray: {
    //   region: 'us-west-2',
    //   endpoint: 'https://vpce-1234.xray.us-west-2.vpce.amazonaws.com',
    //   concurrency: 8,
    //   timeout: '10s',
    //   roleArn: 'arn:aws:iam::123456789012:role/traces',
    //   externalId: 'traces',
    //   proxy: 'http://proxy.example.com:3128',
    //   caFile: '/etc/ssl/proxy.pem',
    //   insecure: false,
    //   resourceArn: 'arn:aws:ec2:us-west-2:123456789012:instance/i-1234567890abcdef0',
    //   localMode: false,
    //   fips: false,
    //   telemetry: true,
    //   dualStack: false,
    //   whenFull: 'push-back',
    // },
    xray: false,
    // The store and the terminal are on unless segments leave this machine.
    // whenFull: 'drop-oldest' keeps each of them from holding up clients.
    // local: { maxBytes: '1GiB', maxAge: '7d', keepSpans: true, whenFull: 'push-back' },
    // console: { documents: false, whenFull: 'push-back' },
  },
  admin: { host: '127.0.0.1', port: 4319 },
  selfTracing: false,
  logLevel: 'info',
  // logFile: '/var/log/rontgen.log',
  logRotation: true,
})
