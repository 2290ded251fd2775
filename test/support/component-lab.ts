import * as v from 'valibot'
import { InFlightBytes } from '../../src/component/in-flight-bytes.ts'
import type { Next, Receiver, RunningReceiver } from '../../src/component/receiver.ts'
import { Events } from '../../src/telemetry/events.ts'

/** Events that keep their lines. */
export function recordEvents(): { events: Events; lines: string[] } {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  return { events: new Events({ debug: write, info: write, warn: write, error: write }), lines }
}

/** A way forward that accepts everything and remembers how often it was taken. */
export function countingNext(): Next & { calls: number } {
  const next = {
    calls: 0,
    traces() {
      next.calls++
      return { rejectedSpans: 0, reason: '', committed: Promise.resolve() }
    },
    document() {
      next.calls++
    },
    async sampling() {
      next.calls++
      return { status: 200, headers: {}, body: '{}' }
    },
  }
  return next
}

/** Starts a receiver with its defaults on a port of 127.0.0.1; 0 is any. */
export async function startReceiver(
  receiver: Receiver,
  events: Events,
  next: Next,
  port = 0,
): Promise<RunningReceiver> {
  const settings = v.parse(receiver.schema, { host: '127.0.0.1', port })
  const context = {
    report: events.receiver(receiver.name),
    inFlight: new InFlightBytes(1 << 20),
    signal: new AbortController().signal,
  }
  return await receiver.start(Object(settings), next, context)
}
