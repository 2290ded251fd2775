import { type Exception, ExceptionChain } from './exception.ts'
import { parseDotnetStack } from './parse-dotnet-stack.ts'
import { parseGoStack } from './parse-go-stack.ts'
import { parseJavaStack } from './parse-java-stack.ts'
import { parseJavascriptStack } from './parse-javascript-stack.ts'
import { parsePythonStack } from './parse-python-stack.ts'

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

/** True for languages that write the exception that was thrown last, at the end. */
export function isReadFromEnd(language: string): boolean {
  return language === 'python'
}

/**
 * The exceptions that a stack trace shows, `top` first; undefined for a language whose traces are not parsed.
 *
 * @param language `telemetry.sdk.language`
 * @param newId returns an id, 16 hex digits, for each further exception
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
