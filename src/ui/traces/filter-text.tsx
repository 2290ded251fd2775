import { type FilterError, type Token, tokenise } from '../../trace/filter/tokenise.ts'
import './filter-text.css'

/** A filter expression in colours. @param wrong what is wrong with it, to be underlined */
export function FilterText({ text, wrong }: { text: string; wrong: FilterError | undefined }) {
  let tokens: Token[]
  try {
    tokens = tokenise(text)
  } catch {
    return <>{text}</>
  }
  const parts = tokens.map((token, i) => {
    const gap = text.slice(tokens[i - 1]?.end ?? 0, token.at)
    const piece = text.slice(token.at, token.end)
    const isWrong = wrong !== undefined && token.at >= wrong.at && token.at < wrong.end
    const coloured = colour(token.kind, piece)
    return [gap, isWrong ? <span key={token.at} class='wrong'>{piece === '' ? ' ' : coloured}</span> : coloured]
  })
  return <>{parts}</>
}

function colour(kind: Token['kind'], piece: string) {
  switch (kind) {
    case 'word':
      return <b>{piece}</b>
    case 'text':
      return <i>{piece}</i>
    case 'sign':
      return <u>{piece}</u>
    default:
      return piece
  }
}
