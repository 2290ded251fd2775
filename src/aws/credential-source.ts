import type { CredentialState } from '../component/exporter.ts'
import type { Fetch } from '../platform/create-fetch.ts'
import { sdkRequestHandler } from './sdk-request-handler.ts'

/** Keys that sign requests. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly expiration?: Date | undefined
  /** Which providers of the AWS SDK found them, by its own names. */
  readonly $source?: Readonly<Record<string, string>>
}

/** Which credentials are used, and how AWS is asked for them. */
export interface CredentialSettings {
  /** ARN of the IAM role to assume with the credentials that the chain finds. */
  readonly roleArn?: string | undefined
  /** The external id that the role's trust policy requires. */
  readonly externalId?: string | undefined
  /** Where STS is asked for the role. */
  readonly region: string
  /** Reaches STS and SSO; the metadata services of EC2 and containers are asked without it. */
  readonly fetch: Fetch
  /** Per request to STS or SSO, in milliseconds. */
  readonly timeoutMs: number
}

/** How long before they expire credentials are refreshed, in milliseconds. */
const AHEAD_MS = 5 * 60_000

/**
 * Finds credentials by the AWS SDK's own chain (environment, shared files, SSO, process, web identity, container,
 * instance), which is loaded when they are first needed, and caches them until shortly before they expire.
 */
export class CredentialSource {
  /** The credentials found last; undefined before the first. */
  #last: Credentials | undefined
  #current: Promise<Credentials> | undefined
  #expires = 0
  #provider: (() => Promise<Credentials>) | undefined

  constructor(private readonly settings: CredentialSettings) {}

  /** The credentials to sign with. @throws {Error} if the chain finds none; the next call tries again */
  get(): Promise<Credentials> {
    if (this.#current !== undefined && Date.now() < this.#expires) return this.#current
    const found = this.#find()
    this.#current = found
    this.#expires = Infinity
    found.then(
      (credentials) => {
        this.#last = credentials
        this.#expires = credentials.expiration ? credentials.expiration.getTime() - AHEAD_MS : Infinity
      },
      () => (this.#current = undefined),
    )
    return found
  }

  /** Where the credentials in use are from, and when they expire; undefined before the first are found. */
  get state(): CredentialState | undefined {
    if (this.#last === undefined) return undefined
    const { accessKeyId, expiration, $source = {} } = this.#last
    // The SDK names each provider on the way; the last one is the nearest.
    const names = Object.keys($source).map((name) =>
      name.replace(/^CREDENTIALS_/, '').toLowerCase().replaceAll('_', ' ')
    )
    return {
      source: names.length === 0 ? 'the chain of the AWS SDK' : names.join(', '),
      accessKeyId,
      expires: expiration?.toISOString() ?? null,
    }
  }

  /** Drops the cached credentials, after AWS rejected them. */
  refresh(): void {
    this.#current = undefined
    this.#provider = undefined
  }

  async #find(): Promise<Credentials> {
    this.#provider ??= await loadProvider(this.settings)
    return await this.#provider()
  }
}

async function loadProvider(
  { roleArn, externalId, region, fetch, timeoutMs }: CredentialSettings,
): Promise<() => Promise<Credentials>> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  const requestHandler = await sdkRequestHandler(fetch, timeoutMs)
  // The shared files are read each time: keys in them rotate.
  const masterCredentials = defaultProvider({ ignoreCache: true, clientConfig: { requestHandler } })
  if (roleArn === undefined) return masterCredentials
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  return fromTemporaryCredentials({
    masterCredentials,
    params: {
      RoleArn: roleArn,
      RoleSessionName: 'rontgen',
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    clientConfig: { region, requestHandler },
  })
}
