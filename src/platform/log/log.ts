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
    formatters: { level: (label) => ({ level: label }) },
    // Errors are made into fields below; pino's own serializer would do it a second time.
    serializers: { err: (error) => error },
  }
  return clean(destination ? pino(options, destination) : pino(options))
}

/** In front of pino, whose own redaction knows fixed paths only and neither messages nor children. */
function clean(logger: pino.Logger): Log {
  const line = (level: LogLevel) => (fields: object, message: string) => {
    if (logger.isLevelEnabled(level)) logger[level](cleanFields(fields, 0), maskSecrets(message))
  }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (bindings) => clean(logger.child(cleanFields(bindings, 0))),
  }
}

function cleanFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_FIELD.test(name) ? HIDDEN : cleanValue(value, depth),
    ]),
  )
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskSecrets(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth >= MAX_DEPTH) return '[deep]'
  if (value instanceof Error) return cleanError(value, depth)
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`
  if (Array.isArray(value)) return value.map((part) => cleanValue(part, depth + 1))
  return cleanFields(value, depth + 1)
}

/** Kind, text, stack and cause. Other members stay out: database and HTTP errors carry parameters and bodies. */
function cleanError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: maskSecrets(error.message),
    ...('code' in error ? { code: cleanValue(error.code, depth + 1) } : {}),
    ...(error.stack ? { stack: maskSecrets(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: cleanValue(error.cause, depth + 1) }),
  }
}
