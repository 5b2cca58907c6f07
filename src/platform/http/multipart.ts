/** Forms with files (RFC 7578), read whole: the body's limit is the route's. */
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Routes added to this scope take multipart/form-data and nothing else; `uploadOf` reads it. */
export function acceptMultipart(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
}

/** The file in this field; undefined where there is none, or the form cannot be read. */
export async function uploadOf(request: FastifyRequest, field: string): Promise<Buffer | undefined> {
  const { body, headers } = request
  if (!Buffer.isBuffer(body)) return undefined
  const value = (await readForm(body, headers['content-type'] ?? ''))?.get(field)
  return value instanceof File ? Buffer.from(await value.arrayBuffer()) : undefined
}

/** Undefined where it is malformed. */
export async function readForm(body: Buffer, contentType: string): Promise<FormData | undefined> {
  const response = new Response(Uint8Array.from(body), { headers: { 'content-type': contentType } })
  return await response.formData().catch(() => undefined)
}
