/** The longest name, in characters; those of SDKs have up to about 60. */
const MAX_LENGTH = 100

/** What a client calls itself, for the log and the counts: at most 100 characters. @param userAgent its user agent */
export function clientName(userAgent: string | null | undefined): string | undefined {
  return userAgent?.slice(0, MAX_LENGTH) || undefined
}
