import {
  type CauseKind,
  type CauseStep,
  type Expression,
  type Flag,
  flags,
  type NumberName,
  numbers,
  type Operator,
  type Selector,
  type TextName,
  texts,
  type Value,
} from './expression.ts'
import { FilterError, type Token, tokenise } from './tokenise.ts'

/** Levels of parentheses and braces. */
const MAX_DEPTH = 50
/** Conditions in an expression: each is another level for what evaluates it, in SQL too. */
const MAX_TERMS = 200
const wordOperators: readonly string[] = ['CONTAINS', 'BEGINSWITH', 'ENDSWITH']
const orders: readonly string[] = ['<', '<=', '>', '>=']

/**
 * Parses a filter expression (https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html). Terms that
 * follow each other are joined by AND; AND binds closer than OR.
 *
 * @throws {FilterError} with the position of the error, and what was expected there
 */
export function parseFilter(text: string): Expression {
  const parser = new Parser(tokenise(text))
  const expression = parser.either()
  parser.expectEnd()
  return expression
}

class Parser {
  #next = 0
  #depth = 0
  #terms = 0

  constructor(private readonly tokens: readonly Token[]) {}

  get #token(): Token {
    return this.tokens[this.#next] ?? { kind: 'end', value: '', at: 0, end: 0 }
  }

  #fail(expected: string, token = this.#token): FilterError {
    const found = token.kind === 'end' ? 'the end' : token.kind === 'text' ? 'a text' : `"${token.value}"`
    return new FilterError(`Expected ${expected}, found ${found}`, token.at, Math.max(token.end, token.at + 1))
  }

  #isSign(value: string): boolean {
    return this.#token.kind === 'sign' && this.#token.value === value
  }

  #isWord(value: string): boolean {
    return this.#token.kind === 'word' && this.#token.value.toUpperCase() === value
  }

  /** Skips a sign. @throws {FilterError} if another token is next */
  #skip(value: string): void {
    if (!this.#isSign(value)) throw this.#fail(`"${value}"`)
    this.#next++
  }

  expectEnd(): void {
    if (this.#token.kind !== 'end') throw this.#fail('AND, OR or the end')
  }

  either(): Expression {
    if (++this.#depth > MAX_DEPTH) throw this.#fail('an expression that is less deep')
    let left = this.#both()
    while (this.#isWord('OR')) {
      this.#next++
      left = { kind: 'or', left, right: this.#both() }
    }
    this.#depth--
    return left
  }

  #both(): Expression {
    let left = this.#term()
    while (true) {
      if (this.#isWord('AND')) this.#next++
      else if (!this.#startsTerm()) return left
      left = { kind: 'and', left, right: this.#term() }
    }
  }

  #startsTerm(): boolean {
    return this.#isSign('!') || this.#isSign('(') || (this.#token.kind === 'word' && !this.#isWord('OR'))
  }

  #term(): Expression {
    if (++this.#terms > MAX_TERMS) throw this.#fail(`an expression of at most ${MAX_TERMS} conditions`)
    let isNegated = false
    while (this.#isSign('!')) {
      isNegated = !isNegated
      this.#next++
    }
    const operand = this.#atom()
    return isNegated ? { kind: 'not', operand } : operand
  }

  #atom(): Expression {
    if (this.#isSign('(')) {
      this.#next++
      const inner = this.either()
      this.#skip(')')
      return inner
    }
    const token = this.#token
    if (token.kind !== 'word') throw this.#fail('a keyword, such as fault or responsetime')
    this.#next++
    const word = token.value.toLowerCase()
    if (word === 'service') return this.#service()
    if (word === 'edge') return this.#edge()
    if (word.startsWith('annotation')) return this.#annotation(token)
    if (word === 'group.name' || word === 'group.arn') return this.#group(word === 'group.name' ? 'name' : 'arn')
    if (word.startsWith('rootcause.')) return this.#cause(token)
    const flag = flags.find((name) => name === word)
    if (flag !== undefined) return this.#flag(flag)
    const number = numbers.find((name) => name === word)
    if (number !== undefined) return this.#number(number)
    const text = texts.find((name) => name === word)
    if (text !== undefined) return this.#text(text)
    throw this.#fail('a keyword, such as fault or responsetime', token)
  }

  #flag(name: Flag): Expression {
    const operator = this.#operator(['=', '!='])
    if (operator === undefined) return { kind: 'flag', name, is: true }
    return { kind: 'flag', name, is: this.#boolean() === (operator === '=') }
  }

  #boolean(): boolean {
    if (!this.#isWord('TRUE') && !this.#isWord('FALSE')) throw this.#fail('true or false')
    const is = this.#isWord('TRUE')
    this.#next++
    return is
  }

  #number(name: NumberName): Expression {
    const operator = this.#operator(['=', '!=', ...orders])
    if (operator === undefined) return { kind: 'present', name }
    if (this.#token.kind !== 'number') throw this.#fail(`a number after "${operator}"`)
    return { kind: 'number', name, operator, value: Number(this.#shift().value) }
  }

  #text(name: TextName): Expression {
    const operator = this.#operator(['=', '!=', ...wordOperators])
    if (operator === undefined) return { kind: 'present', name }
    return { kind: 'text', name, operator, value: this.#string(`after "${operator}"`) }
  }

  #annotation(token: Token): Expression {
    let key = token.value.slice('annotation.'.length)
    if (/^annotation$/i.test(token.value)) {
      this.#skip('[')
      key = this.#token.kind === 'word' ? this.#shift().value : this.#string('with the name of an annotation')
      this.#skip(']')
    } else if (!/^annotation\../i.test(token.value)) throw this.#fail('annotation.NAME or annotation[NAME]', token)
    const operator = this.#operator(['=', '!=', ...orders, ...wordOperators])
    if (operator === undefined) return { kind: 'annotation', key }
    const value = this.#value(operator)
    if (orders.includes(operator) && typeof value !== 'number') {
      throw this.#fail(`a number after "${operator}"`, this.tokens[this.#next - 1])
    }
    if (wordOperators.includes(operator) && typeof value !== 'string') {
      throw this.#fail(`a text in quotes after "${operator}"`, this.tokens[this.#next - 1])
    }
    return { kind: 'annotation', key, operator, value }
  }

  #value(operator: Operator): Value {
    if (this.#token.kind === 'number') return Number(this.#shift().value)
    if (this.#token.kind === 'text') return this.#shift().value
    if (this.#isWord('TRUE') || this.#isWord('FALSE')) return this.#boolean()
    throw this.#fail(`a text in quotes, a number, true or false after "${operator}"`)
  }

  #service(): Expression {
    this.#skip('(')
    const service = this.#isSign(')') ? {} : this.#selector()
    this.#skip(')')
    return { kind: 'service', service, condition: this.#block() }
  }

  #edge(): Expression {
    this.#skip('(')
    const from = this.#selector()
    this.#skip(',')
    const to = this.#selector()
    this.#skip(')')
    return { kind: 'edge', from, to, condition: this.#block() }
  }

  #selector(): Selector {
    if (this.#token.kind === 'text') return { name: this.#shift().value }
    if (!this.#isWord('ID')) throw this.#fail('the name of a service in quotes, or id(name: "…", type: "…")')
    this.#next++
    this.#skip('(')
    const found: { name?: string; type?: string; accountId?: string } = {}
    do {
      const field = this.#token.kind === 'word' ? this.#token.value.toLowerCase() : ''
      if (field !== 'name' && field !== 'type' && field !== 'account.id') {
        throw this.#fail('name, type or account.id')
      }
      this.#next++
      this.#skip(':')
      found[field === 'account.id' ? 'accountId' : field] = this.#string(`after "${field}:"`)
    } while (this.#comma())
    this.#skip(')')
    return found
  }

  #comma(): boolean {
    if (!this.#isSign(',')) return false
    this.#next++
    return true
  }

  /** The condition in braces, if there is one. */
  #block(): Expression | undefined {
    if (!this.#isSign('{')) return undefined
    this.#next++
    if (this.#isSign('}')) {
      this.#next++
      return undefined
    }
    const condition = this.either()
    this.#skip('}')
    return condition
  }

  #group(by: 'name' | 'arn'): Expression {
    const operator = this.#operator(['=', '!='])
    if (operator !== '=' && operator !== '!=') throw this.#fail('"=" or "!="')
    return { kind: 'group', by, operator, value: this.#string(`after "${operator}"`) }
  }

  #cause(token: Token): Expression {
    const [, name = '', part = ''] = token.value.toLowerCase().split('.')
    if (name === 'json' && part === '') return this.#path()
    const kinds: readonly CauseKind[] = ['fault', 'error', 'responsetime']
    const parts = ['service', 'entity', 'exception'] as const
    const kind = kinds.find((known) => known === name)
    const which = parts.find((known) => known === part)
    if (kind === undefined || which === undefined) {
      throw this.#fail('rootcause.fault.service and the like, or rootcause.json', token)
    }
    return { kind: 'cause', cause: kind, part: which, condition: this.#block() }
  }

  #path(): Expression {
    this.#skip('=')
    const token = this.#token
    if (token.kind !== 'json') throw this.#fail('JSON after "#"')
    this.#next++
    const steps = stepsOf(token.value)
    if (steps === undefined) throw this.#fail('#[{"Services": [{"Name": "…", "EntityPath": [{"Name": "…"}]}]}]', token)
    return { kind: 'path', steps }
  }

  #string(where: string): string {
    if (this.#token.kind !== 'text') throw this.#fail(`a text in quotes ${where}`)
    return this.#shift().value
  }

  #operator(allowed: readonly string[]): Operator | undefined {
    const token = this.#token
    const value = token.value.toUpperCase()
    const all: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH']
    const operator = token.kind === 'sign' || token.kind === 'word' ? all.find((name) => name === value) : undefined
    if (operator === undefined) return undefined
    if (!allowed.includes(operator)) throw this.#fail(`one of ${allowed.join(' ')}`)
    this.#next++
    return operator
  }

  #shift(): Token {
    const token = this.#token
    this.#next++
    return token
  }
}

/**
 * The services of `rootcause.json`: a list of them, or of objects with a list `Services`.
 *
 * @returns undefined if it is neither
 */
function stepsOf(json: string): CauseStep[] | undefined {
  try {
    const parsed: unknown = JSON.parse(json)
    if (!Array.isArray(parsed)) return undefined
    const services: unknown[] = parsed.flatMap((entry: { Services?: unknown }) => entry.Services ?? entry)
    return services.map((service) => {
      // Any value can be read so: a name of another type is rejected, other members become text.
      const { Name, EntityPath } = service as { Name?: unknown; EntityPath?: { Name?: unknown }[] }
      if (typeof Name !== 'string') throw new TypeError('Expected a name')
      return { name: Name, entities: (EntityPath ?? []).map((entity) => String(entity.Name ?? '')) }
    })
  } catch {
    return undefined
  }
}
