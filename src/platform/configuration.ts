/**
 * Configuration from the environment: each part declares its variables, everything is read once at start,
 * and every problem is named in one go.
 */
import { readSchedule } from './jobs/schedule.ts'

export interface Variable<T> {
  readonly about: string
  /** Never printed. */
  readonly secret: boolean
  /** Reads the text, or answers what is wrong with it. `undefined`: not set. */
  read(text: string | undefined): { value: T } | { problem: string }
}

export type Variables = Readonly<Record<string, Variable<unknown>>>
export type Values<V extends Variables> = {
  readonly [K in keyof V]: V[K] extends Variable<infer T> ? T : never
}
export type Environment = Readonly<Record<string, string | undefined>>

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n- ${problems.join('\n- ')}`,
    )
    this.problems = problems
  }
}

/**
 * `nameOf`: what a variable is called in this environment, where that is not its name here.
 * @throws ConfigurationError naming every variable that is missing or wrong.
 */
export function readVariables<V extends Variables>(
  variables: V,
  environment: Environment,
  nameOf: (name: keyof V & string) => string = (name) => name,
): Values<V> {
  const problems: string[] = []
  const values = Object.entries(variables).map(([name, variable]) => {
    const called = nameOf(name)
    // An empty line in .env means the same as none.
    const result = variable.read(environment[called]?.trim() || undefined)
    if ('value' in result) return [name, result.value]
    problems.push(`${called}: ${result.problem} (${variable.about})`)
    return [name, undefined]
  })
  if (problems.length > 0) throw new ConfigurationError(problems)
  return Object.fromEntries(values) as Values<V>
}

/**
 * Reads several parts that each throw.
 * @throws ConfigurationError with the problems of all of them, each once.
 */
export function readAll(readers: readonly (() => unknown)[]): void {
  const problems = new Set<string>()
  for (const read of readers) {
    try {
      read()
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      for (const problem of error.problems) problems.add(problem)
    }
  }
  if (problems.size > 0) throw new ConfigurationError([...problems])
}

interface Options<T> {
  readonly fallback?: T
  readonly secret?: boolean
}

function variable<T>(
  about: string,
  parse: (text: string) => { value: T } | { problem: string },
  { fallback, secret = false }: Options<T> = {},
): Variable<T> {
  return {
    about,
    secret,
    read(text) {
      if (text !== undefined) return parse(text)
      return fallback === undefined ? { problem: 'is not set' } : { value: fallback }
    },
  }
}

/** The variable may be left out. */
export function optional<T>(wrapped: Variable<T>): Variable<T | undefined> {
  return { ...wrapped, read: (text) => (text === undefined ? { value: undefined } : wrapped.read(text)) }
}

export function text(about: string, pattern = /^.+$/s, options: Options<string> = {}): Variable<string> {
  const parse = (given: string) =>
    pattern.test(given) ? { value: given } : { problem: `does not look like ${pattern.source}` }
  return variable(about, parse, options)
}

export function secret(about: string, pattern = /^\S{8,}$/): Variable<string> {
  return text(about, pattern, { secret: true })
}

export function integer(about: string, min: number, max: number, fallback?: number): Variable<number> {
  const parse = (given: string) => {
    const value = /^-?\d+$/.test(given) ? Number(given) : Number.NaN
    return value >= min && value <= max
      ? { value }
      : { problem: `must be a whole number from ${min} to ${max}` }
  }
  return variable(about, parse, fallback === undefined ? {} : { fallback })
}

export function oneOf<W extends string>(about: string, words: readonly W[], fallback: W): Variable<W> {
  const parse = (given: string) => {
    const value = words.find((word) => word === given)
    return value === undefined ? { problem: `must be one of ${words.join(', ')}` } : { value }
  }
  return variable(about, parse, { fallback })
}

export function flag(about: string, fallback: boolean): Variable<boolean> {
  const words: Readonly<Record<string, boolean>> = {
    true: true,
    '1': true,
    yes: true,
    false: false,
    '0': false,
    no: false,
  }
  const parse = (given: string) => {
    const value = words[given.toLowerCase()]
    return value === undefined ? { problem: 'must be true or false' } : { value }
  }
  return variable(about, parse, { fallback })
}

export function url(about: string, protocols: readonly string[] = ['http:', 'https:']): Variable<string> {
  const parse = (given: string) => {
    const protocol = URL.canParse(given) ? new URL(given).protocol : ''
    if (protocols.includes(protocol)) return { value: given.replace(/\/+$/, '') }
    return { problem: `must be a URL that begins with ${protocols.join('// or ')}//` }
  }
  return variable(about, parse)
}

/** "15 2 * * *", as crontab(5) has it. */
export function schedule(about: string): Variable<string> {
  const parse = (given: string) => {
    try {
      readSchedule(given)
      return { value: given }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return { problem: error.message }
    }
  }
  return variable(about, parse)
}

/** "a, b": words; empty by default. */
export function list(about: string): Variable<readonly string[]> {
  const parse = (given: string) => ({
    value: given
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  })
  return variable(about, parse, { fallback: [] })
}

/** "1,2,3": whole numbers that may exceed 2^53, such as Telegram ids. */
export function idList(about: string): Variable<readonly bigint[]> {
  const parse = (given: string) => {
    const parts = given.split(',').map((part) => part.trim())
    return parts.every((part) => /^\d{1,18}$/.test(part))
      ? { value: parts.map(BigInt) }
      : { problem: 'must be numbers with commas between them' }
  }
  return variable(about, parse, { fallback: [] })
}
