/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>

/** What a check found. */
export interface Finding {
  /** What was checked, such as `credentials`. */
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail' | 'skip'
  readonly message: string
  /** What to do about it. */
  readonly advice?: string
}
