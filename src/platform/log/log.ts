/** The log: JSON lines by pino, in which no secret appears, however it came there. */
import type { Writable } from 'node:stream'
import pino from 'pino'
import type { Log } from '../../kernel/log.ts'
import { maskSecrets, SECRET_FIELD } from './secrets.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogOptions {
  readonly level: LogLevel
  /** Where lines go instead of the standard output. */
  readonly destination?: Writable
}

/** What is never worth more than its presence. */
const HIDDEN = '[hidden]'

/** Deeper structures are cut: a log line is no place for them, and a cycle must not hang it. */
const MAX_DEPTH = 6

export function createLog({ level, destination }: LogOptions): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => cleanFields(fields, 0),
      bindings: (bindings) => cleanFields(bindings, 0),
    },
    hooks: {
      // The message too may quote an address with a token in it.
      logMethod(args, method) {
        const [fields, message, ...rest] = args
        method.apply(this, [fields, typeof message === 'string' ? maskSecrets(message) : message, ...rest])
      },
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

function cleanFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_FIELD.test(name) ? HIDDEN : clean(value, depth),
    ]),
  )
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskSecrets(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth >= MAX_DEPTH) return '[deep]'
  if (value instanceof Error) return cleanError(value, depth)
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`
  if (Array.isArray(value)) return value.map((part) => clean(part, depth + 1))
  return cleanFields(value, depth + 1)
}

/** Kind, text, stack and cause. Other members stay out: database and HTTP errors carry parameters and bodies. */
function cleanError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: maskSecrets(error.message),
    ...('code' in error ? { code: clean(error.code, depth + 1) } : {}),
    ...(error.stack ? { stack: maskSecrets(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: clean(error.cause, depth + 1) }),
  }
}
