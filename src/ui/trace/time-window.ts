/** The part of a trace's time that is shown, in seconds from the start of the trace. */
export interface TimeWindow {
  readonly from: number
  readonly to: number
}

/** Where a moment lies in a window, in percents of its width: 0 before it, 100 after it. @param seconds as the window */
export function percentIn({ from, to }: TimeWindow, seconds: number): number {
  return Math.min(1, Math.max(0, (seconds - from) / (to - from))) * 100
}
