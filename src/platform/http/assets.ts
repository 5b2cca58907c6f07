/** Small files for our own pages, read once at start and answered from memory. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { fail } from '../../kernel/errors.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** Serves the files of a folder below `<scope>/assets/`. @throws TypeError for a file of unknown type */
export function serveAssets(scope: FastifyInstance, folder: URL): void {
  const files = new Map(readdirSync(folder).map((name) => [name, readAsset(name, new URL(name, folder))]))
  scope.get<{ Params: { file: string } }>(
    '/assets/:file',
    { config: { access: 'public' } },
    async (request, reply) => {
      const file = files.get(request.params.file)
      if (!file) throw fail('not_found')
      // Asked for again each time, and answered with 304: files of two versions never meet on a page.
      reply.type(file.type).header('etag', file.etag).header('cache-control', 'no-cache')
      return request.headers['if-none-match'] === file.etag
        ? reply.code(304).send()
        : reply.send(file.content)
    },
  )
}

function readAsset(name: string, url: URL): { type: string; etag: string; content: Buffer } {
  const type = TYPES[extname(name)]
  if (!type) throw new TypeError(`${name}: what type of file is that?`)
  const content = readFileSync(url)
  return { type, content, etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"` }
}
