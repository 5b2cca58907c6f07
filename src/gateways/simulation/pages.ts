/** What the pages of the simulated gateways share: their files, how they are sent, their front door. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { serveAssets } from '../../platform/http/assets.ts'
import type { Html } from '../../platform/http/html.ts'

// No inline script or style anywhere; a QR or a name can therefore never become one.
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

export interface OperatorPages {
  /** The page where a person plays the gateway. */
  readonly index: (query: Query) => Html
  /** The part of it that renews itself. */
  readonly list: (query: Query) => Html
}

/** What the page's address asks for; the part that renews itself is asked with the same. */
export type Query = Readonly<Record<string, unknown>>

export function operatorPages(app: FastifyInstance, { index, list }: OperatorPages): void {
  serveAssets(app, new URL('public/', import.meta.url))
  app.get<{ Querystring: Query }>('/', async ({ url, query }, reply) => {
    const path = url.split('?')[0] ?? '/'
    // Relative links need the slash at the end.
    if (!path.endsWith('/')) return reply.redirect(`${path.slice(path.lastIndexOf('/') + 1)}/`)
    return sendPage(reply, index(query))
  })
  app.get<{ Querystring: Query }>('/_sim/list', async ({ query }, reply) => sendPage(reply, list(query)))
}

export function sendPage(reply: FastifyReply, content: Html): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', CSP)
    .header('cache-control', 'no-store')
    .send(content.text)
}

/** Only the web: a `javascript:` link would run here. */
export function webAddress(address: string | undefined): string | undefined {
  return address && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}
