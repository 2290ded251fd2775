/** What runs the agent in the background. */
export interface ServiceManager {
  /** What it is, for people. */
  readonly name: string
  isRunning(): boolean
  /** When it was started, as ISO 8601; undefined if it does not run. */
  startedAt(): string | undefined
  /** Gives once the agent is ready. @throws {Error} if it does not come up, with what it said */
  start(config: string | undefined): Promise<void>
  /** Gives once it ended. */
  stop(): Promise<void>
  /** The command that shows the log. */
  logCommand(follow: boolean): readonly [string, ...string[]]
}
