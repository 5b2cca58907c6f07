/** The chat page: the static files in public/, with relative addresses, so that it works under any prefix. */
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { FastifyPluginAsync } from 'fastify'

const FOLDER = new URL('./public/', import.meta.url)
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ')

export const pageRoutes: FastifyPluginAsync = async (app) => {
  const names = await readdir(FOLDER)
  for (const name of names) {
    const type = TYPES[extname(name)]
    const content = await readFile(new URL(name, FOLDER))
    if (type === undefined) continue
    app.get(name === 'index.html' ? '/' : `/${name}`, async (request, reply) => {
      const [path = '/', query] = request.url.split('?')
      // Relative addresses in the page need the slash at the end of its own.
      if (name === 'index.html' && !path.endsWith('/')) {
        return reply.redirect(`${path}/${query ? `?${query}` : ''}`)
      }
      return reply
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-cache')
        .type(type)
        .send(content)
    })
  }
}
