/** The chat page: three static files and their addresses, all relative, so that it works under any prefix. */
import { readFile } from 'node:fs/promises'
import type { FastifyPluginAsync } from 'fastify'

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
}

const FILES = [
  { url: '/style.css', file: 'style.css', type: TYPES.css },
  { url: '/app.js', file: 'app.js', type: TYPES.js },
  { url: '/api.js', file: 'api.js', type: TYPES.js },
  { url: '/messages.js', file: 'messages.js', type: TYPES.js },
  { url: '/formatted.js', file: 'formatted.js', type: TYPES.js },
  { url: '/people.js', file: 'people.js', type: TYPES.js },
]

const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ')

export const pageRoutes: FastifyPluginAsync = async (app) => {
  const page = await readFile(new URL('./public/index.html', import.meta.url))
  app.get('/', async (request, reply) => {
    const [path = '/', query] = request.url.split('?')
    // Relative addresses in the page need the slash at the end.
    if (!path.endsWith('/')) return reply.redirect(`${path}/${query ? `?${query}` : ''}`)
    return reply
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-cache')
      .type(TYPES.html)
      .send(page)
  })
  for (const { url, file, type } of FILES) {
    const content = await readFile(new URL(`./public/${file}`, import.meta.url))
    app.get(url, async (_, reply) => reply.header('cache-control', 'no-cache').type(type).send(content))
  }
}
