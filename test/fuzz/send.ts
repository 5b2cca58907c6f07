/** Requests as they are, without a client that would repair them. */
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { FuzzRequest } from './request.ts'

export interface FuzzAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly ms: number
}

/** No answer within this time is a finding, not a reason to wait. */
const ANSWER_WITHIN_MS = 20_000

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

/** Longer than what a socket takes in one go. */
const LONG_BODY = 100_000
const CUT_OFF = /EPIPE|ECONNRESET/

/**
 * Status 0 where there was no answer; its body then says why. Who answers before a long body has come, and hangs up, may
 * not be heard: then it is sent again.
 */
export async function send(origin: string, request: FuzzRequest): Promise<FuzzAnswer> {
  const isLong = (request.body?.length ?? 0) > LONG_BODY
  let answer = await sendOnce(origin, request)
  for (let tries = 1; tries < 5 && isLong && answer.status === 0 && CUT_OFF.test(answer.body); tries++)
    answer = await sendOnce(origin, request)
  return answer
}

async function sendOnce(origin: string, request: FuzzRequest): Promise<FuzzAnswer> {
  const begun = performance.now()
  return await new Promise((resolve) => {
    const done = (status: number, contentType: string, body: string) =>
      resolve({ status, contentType, body, ms: performance.now() - begun })
    const { hostname, port } = new URL(origin)
    const outgoing = httpRequest(
      {
        agent,
        hostname,
        port,
        method: request.method,
        path: request.path.replace(/[^\x21-\xff]/g, '%20'),
        headers: {
          ...Object.fromEntries(
            request.headers.map(([name, value]) => [name, value.replace(/[^\t\x20-\xff]/g, '')]),
          ),
          // Node would send a GET's or a HEAD's body without saying where it ends.
          ...(request.body ? { 'content-length': request.body.length } : {}),
        },
        timeout: ANSWER_WITHIN_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', (error) => done(0, '', String(error)))
        incoming.on('end', () =>
          done(
            incoming.statusCode ?? 0,
            incoming.headers['content-type'] ?? '',
            Buffer.concat(chunks).toString(),
          ),
        )
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${ANSWER_WITHIN_MS} ms`)))
    outgoing.on('error', (error) => done(0, '', String(error)))
    outgoing.end(request.body)
  })
}

/** Bytes on a socket that need be no HTTP; answers what came back until the other side closed, or 2 s. */
export async function sendRaw(origin: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  return await new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.end(Buffer.from(bytes, 'latin1')))
    socket.setTimeout(2_000, () => socket.destroy())
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    // A connection that is refused or cut is an answer too.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
  })
}

/** The request as a line for a shell. */
export function asCurl(origin: string, { method, path, headers, body }: FuzzRequest): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
  const parts = [
    'curl',
    '-sg',
    '-X',
    method,
    quoted(`${origin}${path}`),
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
  ]
  if (!body) return parts.join(' ')
  const text = body.toString()
  const isText = Buffer.from(text).equals(body) && !text.includes('\0')
  if (body.length > 2_000)
    return `${parts.join(' ')} --data-binary @-  # ${body.length} bytes: ${JSON.stringify(text.slice(0, 60))} …`
  return isText
    ? `${parts.join(' ')} --data-binary ${quoted(text)}`
    : `printf ${quoted([...body].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''))} | ${parts.join(' ')} --data-binary @-`
}

/** What is no proper HTTP, and where proxies and servers disagree. */
export const RAW_ATTACKS: readonly string[] = [
  'GET /quickcart/v1/products HTTP/1.1\r\n\r\n',
  'GET /quickcart/v1/products HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
  'GET /quickcart/v1/products\x00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /quickcart/v1/pro\xff\xfeducts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET http://evil.example/quickcart/v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /assets/..%2f..%2fpackage.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /assets/%2e%2e/%2e%2e/package.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\nX: ${'b'.repeat(20_000)}\r\nConnection: close\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 3000 }, (_, i) => `X${i}: 1\r\n`).join('')}\r\n`,
  'POST /quickcart/v1/orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /quickcart/v1/me HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /quickcart/v1/auth/telegram HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n{}',
  'POST /quickcart/v1/auth/telegram HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x',
  'POST /quickcart/v1/auth/telegram HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n',
  'POST /quickcart/v1/auth/telegram HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: xchunked\r\nConnection: close\r\n\r\n{}',
  'GET / HTTP/1.1\nHost: a\n\n',
  'GET / HTTP/1.1\r\nHost: a\r\nA\r\n : x\r\n\r\n',
  'BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n',
  'TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '\r\n\r\n\r\n',
  '\x00\x00\x00\x00',
]
