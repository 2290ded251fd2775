/** A setting of a component that operators override on one host by a flag or an environment variable. */
export interface ComponentOption {
  /** The flag without dashes, such as `role-arn`; the variable is `RONTGEN_ROLE_ARN`. */
  readonly flag: string
  /** The key in the component's settings. */
  readonly key: string
  readonly kind: 'text' | 'number' | 'on'
  /** What the value is called in `--help`; empty for a flag without one. */
  readonly value: string
  readonly summary: string
  /** The question of `rontgen init`, which asks none if it is absent. */
  readonly question?: string
}
