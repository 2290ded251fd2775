import type { Counters } from './counters.ts'
import { countNoun } from './count-noun.ts'
import { type EventLog, repeated } from './event-log.ts'

/** Why a document was lost whose client waits for no answer. */
export type LossReason = 'queue-full' | 'translate'

/** What a receiver reports. It is bound to the receiver's name, which no receiver writes itself. */
export class ReceiverReport {
  constructor(readonly name: string, private readonly counters: Counters, private readonly events: EventLog) {}

  /** Spans or documents were accepted. @param from the sender, as far as it is known */
  received(count: number, from: string): void {
    this.counters.received.add(count, this.name)
    this.counters.senders.add(count, from)
  }

  /** Spans or documents were rejected. */
  rejected(count: number, reason: string, from: string): void {
    this.counters.rejected.add(count, this.name)
    this.events.repeatedProblem({
      level: 'warn',
      stage: 'receive',
      kind: `${this.name} rejected`,
      count,
      message: (sum, when) => `${this.name}: rejected data from ${from}${rejectedCount(sum, when)}: ${reason}`,
    })
  }

  /** A request was answered with an error. */
  requestFailed(reason: string): void {
    this.counters.failedRequests.add(1, this.name)
    this.events.repeatedProblem({
      level: 'warn',
      stage: 'receive',
      kind: `${this.name} failed`,
      message: (count, when) => `${this.name}: answered with an error${repeated(count, when)}: ${reason}`,
    })
  }

  /** A connection was closed, as there are too many. */
  connectionClosed(reason: string): void {
    this.events.repeatedProblem({
      level: 'warn',
      stage: 'receive',
      kind: `${this.name} connections`,
      message: (count, when) => `${this.name}: closed ${countNoun(count, 'connection')}${when}: ${reason}`,
    })
  }

  /** Connections without requests were closed, as most file descriptors are in use. */
  descriptorsShort({ used, limit }: { readonly used: number; readonly limit: number }): void {
    this.events.repeatedProblem({
      level: 'warn',
      stage: 'receive',
      kind: `${this.name} descriptors`,
      message: (count, when) =>
        `${this.name}: closed connections that did nothing${repeated(count, when)}: ${used} of ${limit} file ` +
        'descriptors are in use; if your clients need so many, raise the limit (LimitNOFILE, ulimit -n)',
    })
  }

  /** Certificate files were changed, and cannot be used. */
  certificatesUnusable(reason: string): void {
    const message = `${this.name}: the changed certificate files cannot be used, so the old ones stay: ${reason}`
    this.events.problem('error', 'config', `${this.name} certificates`, message)
  }

  /** Documents were lost, as their client waits for no answer and does not send them again. */
  lost(count: number, why: LossReason, reason: string): void {
    this.counters.dropped.add(count, why)
    this.events.repeatedProblem({
      level: 'error',
      stage: 'queue',
      kind: `${this.name} lost`,
      count,
      message: (sum, when) => `${this.name}: lost ${countNoun(sum, 'document')}${when}: ${reason}`,
    })
  }

  /** The kernel dropped datagrams before they were read. @param advice what to change */
  kernelDropped(count: number, advice: string): void {
    this.counters.dropped.add(count, 'kernel')
    const message = `${this.name}: the kernel dropped ${
      countNoun(count, 'datagram')
    }: the receive buffer was full; ${advice}`
    this.events.problem('error', 'receive', `${this.name} kernel`, message)
  }
}

function rejectedCount(count: number, when: string): string {
  return count === 1 ? '' : ` (${count} spans or documents${when})`
}
