import { useState } from 'preact/hooks'
import type { Trace } from '../../trace/assemble-trace.ts'
import type { Folds, WaterfallRow } from './waterfall-rows.ts'

/** What of a trace's tree is folded, and what changes it. */
export interface FoldState extends Folds {
  /** Hides what is below a row. */
  fold(row: WaterfallRow): void
  /** Shows what is below a row, or the alike siblings that it stands for. */
  unfold(row: WaterfallRow): void
  /** Folds all below the roots, or unfolds all. */
  foldAll(isFolded: boolean): void
}

/** Folds and unfolds the tree of a trace. */
export function useFolds(trace: Trace): FoldState {
  const [folds, setFolds] = useState<Folds>({ folded: new Set(), apart: new Set() })
  return {
    ...folds,
    fold({ segment: { id } }) {
      setFolds(({ folded, apart }) => ({ folded: new Set([...folded, id]), apart }))
    },
    unfold({ segment: { id }, alike }) {
      setFolds(({ folded, apart }) =>
        alike.length > 1 ? { folded, apart: new Set([...apart, id]) } : { folded: without(folded, id), apart }
      )
    },
    foldAll(isFolded) {
      const parents = [...trace.segments.values()].filter(({ children, parent }) =>
        children.length > 0 && parent !== undefined
      )
      setFolds(({ apart }) => ({ apart, folded: new Set(isFolded ? parents.map(({ id }) => id) : []) }))
    },
  }
}

function without(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...set].filter((other) => other !== id))
}
