/** Runs the agent in the background. */
export interface ServiceManager {
  /** How the agent runs, such as `the systemd unit rontgen.service`. */
  readonly name: string
  isRunning(): boolean
  /** When it was started, as ISO 8601; undefined if it does not run. */
  startedAt(): string | undefined
  /**
   * Starts the agent; resolves once it is ready.
   *
   * @param config absolute path of the config; undefined for the defaults
   * @throws {Error} if it does not start, with what it logged
   */
  start(config: string | undefined): Promise<void>
  /** Stops the agent; resolves once it has ended. @throws {Error} if it does not run */
  stop(): Promise<void>
  /** The command that shows the log. */
  logCommand(follow: boolean): readonly [string, ...string[]]
}
