import assert from 'node:assert/strict'
import type { AgentProcess } from './agent-process.ts'
import { jsonRequest } from './otlp.ts'

const PAUSE_MS = 20

/** An application that sends a span at a time while something else happens to the agent. */
export class GoodClient {
  /** How long it waited for an answer at most, in milliseconds. */
  longestMs = 0
  sent = 0
  #isOver = false
  readonly #run: Promise<void>

  constructor(agent: AgentProcess) {
    this.#run = this.#send(`http://${agent.address('otlp.http')}/v1/traces`)
  }

  async #send(url: string): Promise<void> {
    while (!this.#isOver) {
      const began = performance.now()
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(url, { method: 'POST', headers, body: jsonRequest([{ name: 'good' }]) })
      assert.equal(response.status, 200)
      await response.text()
      this.longestMs = Math.max(this.longestMs, performance.now() - began)
      this.sent++
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  /** @throws {Error} if a request was not answered by 200 */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#run
  }

  /** Runs something next to a good client. @returns how long that waited at most, in milliseconds */
  static async during(agent: AgentProcess, run: () => Promise<void>): Promise<number> {
    const client = new GoodClient(agent)
    try {
      await run()
    } finally {
      await client.stop()
    }
    assert.ok(client.sent > 0)
    return client.longestMs
  }
}
