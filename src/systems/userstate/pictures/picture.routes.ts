import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { isDomainError } from '../../../kernel/errors.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { acceptMultipart, uploadOf } from '../../../platform/http/multipart.ts'
import { toDomainError } from '../../../platform/http/problem.ts'
import { rateLimit } from '../../../platform/http/rate-limit.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { fail } from '../errors.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { findPicture, MAX_BYTES, MAX_SIDE, putPicture, removePicture } from './change-picture.ts'
import { PICTURES } from './picture-jobs.ts'

const tags = ['Profile']
const own = { access: { permission: 'profile.own' } } as const

/** What a form is larger than its file. */
const FORM_BYTES = 64 * 1024
/** Decoding is dear, and nobody changes their looks more often. */
const CHANGES = { action: 'profile-image', limit: 30, windowSeconds: 3600 }

const File = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' })

export function pictureRoutes(scope: FastifyInstance, store: Store): void {
  const upload: FastifyPluginAsync = async (forms) => uploadRoute(forms, store)
  void scope.register(upload)
  const app = typed(scope)

  app.delete(
    '/users/me/profile-image',
    { config: own, schema: { tags, summary: 'Show no picture', response: { 204: Type.Null() } } },
    async (request, reply) => {
      await removePicture(store, callerOf(request), identityOf(request).subject)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/files/profile/:name',
    {
      config: { access: { permission: 'files.read' } },
      schema: {
        tags,
        summary: "Somebody's picture, by what `profile_img` says",
        params: strictObject({ name: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,100}$' }) }),
        response: { 200: File, ...refusals('not_found') },
      },
    },
    async (request, reply) => {
      const picture = await findPicture(store, `${PICTURES}/${request.params.name}`)
      if (!picture) throw fail('not_found')
      // A name is never given to another picture.
      return await (reply as FastifyReply)
        .header('cache-control', 'private, max-age=3600, immutable')
        .type('image/webp')
        .send(picture)
    },
  )
}

function uploadRoute(forms: FastifyInstance, store: Store): void {
  acceptMultipart(forms)
  forms.put(
    '/users/me/profile-image',
    {
      config: own,
      bodyLimit: MAX_BYTES + FORM_BYTES,
      preHandler: rateLimit(store.kv, CHANGES),
      // The schema tells the reference; the form is read by the handler.
      validatorCompiler: () => () => true,
      errorHandler: (error) => {
        throw inOurWords(error)
      },
      schema: {
        tags,
        summary: 'Show this picture',
        description:
          'JPEG, PNG or WebP, by its content; what is kept is a WebP of at most 512 pixels a side, without metadata.',
        consumes: ['multipart/form-data'],
        body: strictObject({ file: File }),
        response: {
          200: Type.Object({
            profile_img: Type.String({ examples: ['profile/d3Zp0bJ8QmW1kz5XcAq7Zw.webp'] }),
          }),
          ...refusals('file_too_large', 'unsupported_image', 'rate_limited', 'unavailable'),
        },
      },
    },
    async (request) => {
      const file = await uploadOf(request, 'file')
      if (!file)
        throw invalidFields([{ field: 'file', reason: 'is required, as a file of a multipart form' }])
      const { subject } = identityOf(request)
      return { profile_img: await putPicture(store, callerOf(request), subject, file) }
    },
  )
}

function inOurWords(error: unknown): unknown {
  const known = toDomainError(error, MAX_BYTES)
  if (isDomainError(known, 'payload_too_large')) return fail('file_too_large', { limit: MAX_BYTES })
  return isDomainError(known, 'unsupported_media_type')
    ? fail('unsupported_image', { pixels: MAX_SIDE })
    : error
}
