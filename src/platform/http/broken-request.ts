/** Answers to what Node could not read as HTTP at all; no request exists yet, so the socket is written to. */

import type { Socket } from 'node:net'
import type { ConnectionError } from 'fastify'
import { type DomainError, fail } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { toJson } from './json.ts'
import { PROBLEM_TYPE, toProblem } from './problem.ts'

export function answerBrokenRequests(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const known = toDomainError(error.code)
  const requestId = newId()
  const body = toJson(toProblem(known, requestId))
  socket.end(
    `HTTP/1.1 ${known.status} Bad Request\r\nContent-Type: ${PROBLEM_TYPE}\r\nX-Request-Id: ${requestId}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function toDomainError(code: string): DomainError {
  if (code === 'HPE_HEADER_OVERFLOW') return fail('bad_request', { reason: 'the headers are too large' })
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return fail('bad_request', { reason: 'it took too long to arrive' })
  return fail('bad_request', { reason: 'it is not valid HTTP' })
}
