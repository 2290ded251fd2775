import { type Exception, ExceptionChain } from './exception.ts'
import { parseDotnetStack } from './dotnet.ts'
import { parseGoStack } from './go.ts'
import { parseJavaStack } from './java.ts'
import { parseJavascriptStack } from './javascript.ts'
import { parsePythonStack } from './python.ts'

export type { Exception }

const parsers = new Map<string, (text: string, chain: ExceptionChain) => void>([
  ['java', parseJavaStack],
  ['php', parseJavaStack],
  ['python', parsePythonStack],
  ['javascript', parseJavascriptStack],
  ['nodejs', parseJavascriptStack],
  ['webjs', parseJavascriptStack],
  ['dotnet', parseDotnetStack],
  ['go', parseGoStack],
])

/**
 * The exceptions that a stack trace shows, `top` first; undefined for a language whose traces are not parsed.
 *
 * @param language `telemetry.sdk.language`
 * @param newId gives an id of 16 hex digits for each exception more
 */
export function parseStack(
  language: string,
  text: string,
  top: Exception,
  newId: () => string,
): Exception[] | undefined {
  const parse = parsers.get(language)
  if (parse === undefined) return undefined
  const chain = new ExceptionChain(top, newId)
  parse(text, chain)
  return chain.exceptions
}
