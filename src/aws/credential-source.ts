/** Keys that sign requests. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly expiration?: Date | undefined
  /** Which providers of the AWS SDK gave them, by its own names. */
  readonly $source?: Readonly<Record<string, string>>
}

/** Where credentials are from. */
export interface CredentialState {
  readonly source: string
  readonly accessKeyId: string
  /** ISO 8601; null if they do not run out. */
  readonly expires: string | null
}

/** Whose keys are used. */
export interface CredentialSettings {
  /** A role to take on with the keys that were found. */
  readonly roleArn: string | undefined
  /** What the role's trust policy asks for. */
  readonly externalId: string | undefined
  readonly region: string
}

/** Credentials are renewed so long before they run out, in milliseconds. */
const AHEAD_MS = 5 * 60_000

/**
 * Finds credentials by the AWS SDK's own chain (environment, shared files, SSO, process, web identity, container,
 * instance), which is loaded when they are first needed, and keeps them until shortly before they run out.
 */
export class CredentialSource {
  /** What was found last; undefined before. */
  #last: Credentials | undefined
  #current: Promise<Credentials> | undefined
  #expires = 0
  #provider: (() => Promise<Credentials>) | undefined

  constructor(private readonly settings: CredentialSettings) {}

  /** @throws {Error} if the chain finds none; the next call tries again */
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

  /** Where the credentials in use are from, and when they run out; undefined before the first are found. */
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

  /** Forgets the credentials, because AWS does not know them any more. */
  refresh(): void {
    this.#current = undefined
    this.#provider = undefined
  }

  async #find(): Promise<Credentials> {
    this.#provider ??= await loadProvider(this.settings)
    return await this.#provider()
  }
}

async function loadProvider({ roleArn, externalId, region }: CredentialSettings): Promise<() => Promise<Credentials>> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  // The shared files are read anew each time: keys in them rotate.
  const own = defaultProvider({ ignoreCache: true })
  if (roleArn === undefined) return own
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  return fromTemporaryCredentials({
    masterCredentials: own,
    params: {
      RoleArn: roleArn,
      RoleSessionName: 'rontgen',
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    clientConfig: { region },
  })
}
