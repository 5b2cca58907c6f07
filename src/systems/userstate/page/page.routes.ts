/** The wallet page at /userstate/: a light client of the public API, without a framework and without a build. */
import { readdirSync, readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { serveAssets } from '../../../platform/http/assets.ts'
import { sendHtml } from '../../../platform/http/html.ts'
import { MAIL_PATH } from '../mail/sink.ts'
import type { Store } from '../store.ts'
import { shell } from './shell.ts'

export const PAGE_PATH = '/userstate'

const FILES = new URL('public/', import.meta.url)
const WORKER = readFileSync(new URL('service-worker.js', import.meta.url), 'utf8')

/**
 * Nothing but our own files, no script or style inside the page, and no markup made of text: with trusted types the browser
 * itself refuses that. The one policy names the address of the service worker. Images may be what the page fetched with its
 * token: somebody's picture.
 */
const POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'connect-src', 'manifest-src', 'worker-src'].map(
    (kind) => `${kind} 'self'${kind === 'img-src' ? ' blob:' : ''}`,
  ),
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types service-worker',
].join('; ')

/** What is kept on the phone, so that the page opens without a network. */
const KEPT = [
  `${PAGE_PATH}/`,
  '/assets/niaga.css',
  ...readdirSync(FILES).map((name) => `${PAGE_PATH}/assets/${name}`),
]

const seen = { config: { access: 'public' }, schema: { hide: true } } as const

export async function walletPage(app: FastifyInstance, { post }: Store): Promise<void> {
  const page = shell(post.sink && `${MAIL_PATH}/`)
  const plugin: FastifyPluginAsync = async (scope) => {
    serveAssets(scope, FILES)
    scope.get('/', seen, async ({ url }, reply) => {
      const [path = '', query] = url.split('?')
      // Relative addresses need the slash at the end.
      if (!path.endsWith('/')) return reply.redirect(`${PAGE_PATH}/${query === undefined ? '' : `?${query}`}`)
      return sendHtml(reply.header('content-security-policy', POLICY), page)
    })
    scope.get('/service-worker.js', seen, async (_request, reply) =>
      reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', 'no-cache')
        .send(`const KEPT = ${JSON.stringify(KEPT)}\n${WORKER}`),
    )
  }
  await app.register(plugin, { prefix: PAGE_PATH })
}
