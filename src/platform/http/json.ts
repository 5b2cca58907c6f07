/** JSON in and out: exact numbers out, bounded nesting in. */
import type { FastifyInstance } from 'fastify'
import { fail } from '../../kernel/errors.ts'

/** Deeper than anything we ask for, shallow enough that no recursion over a body can overflow. */
const MAX_DEPTH = 32

/** An escaped U+0000, and not an escaped backslash before "u0000". */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/

/** PostgreSQL's text cannot hold it, so it would fail later and as our fault. */
export const NO_NUL = 'the character U+0000 is not allowed'

/** JSON text in which a bigint is a decimal string, as in all our answers. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part))
}

/** Replaces Fastify's parser: JSON only, no deep nesting, no `__proto__`, no U+0000. */
export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString()
    // Some clients announce JSON and send nothing; the route's schema decides whether that is enough.
    if (text === '') return done(null, undefined)
    if (NUL.test(text)) return done(fail('bad_request', { reason: NO_NUL }))
    if (deeperThan(text, MAX_DEPTH)) {
      return done(fail('bad_request', { reason: `the body nests deeper than ${MAX_DEPTH} levels` }))
    }
    void parse(request, text, (error, value) =>
      error
        ? done(fail('bad_request', { reason: 'the body is not valid JSON' }, { cause: error }))
        : done(null, value),
    )
  })
}

/**
 * Routes added to this scope get their body as the bytes that were sent, `Buffer`, whatever its type:
 * signatures of webhooks are made over bytes, and JSON that was parsed and written again has other ones.
 */
export function acceptRawBody(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

/** Counts brackets outside strings, before anything is built. */
export function deeperThan(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (inString) {
      if (char === BACKSLASH) i++
      else if (char === QUOTE) inString = false
    } else if (char === QUOTE) inString = true
    else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      if (++depth > limit) return true
    } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) depth--
  }
  return false
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [34, 92, 123, 125, 91, 93]
