// A gRPC client by TLS. Usage: grpc-tls.mjs ADDRESS FOLDER with|without: with or without a client certificate.
// FOLDER holds ca.pem, cert.pem and key.pem. Prints the status code of an empty Export as JSON.
import { Client, credentials } from '@grpc/grpc-js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const [address, folder, certificate] = process.argv.slice(2)
const [ca, key, cert] = ['ca.pem', 'key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name)))
const hasCertificate = certificate === 'with'
const client = new Client(address, hasCertificate ? credentials.createSsl(ca, key, cert) : credentials.createSsl(ca))
const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
client.makeUnaryRequest(
  path,
  () => Buffer.alloc(0),
  (value) => value,
  null,
  { deadline: Date.now() + 3000 },
  (error) => {
    console.log(JSON.stringify({ code: error?.code ?? 0 }))
    client.close()
  },
)
