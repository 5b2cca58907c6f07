/** The API reference at `/reference`: everything it needs comes from this server, nothing from elsewhere. */
import Fastify, { type FastifyInstance } from 'fastify'
import { fail } from '../../kernel/errors.ts'

/** Its page starts itself with an inline script and styles itself from script; our own pages do neither. */
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** Its script is four megabytes of source, half of what a start would load: read when somebody looks. */
export function registerReference(app: FastifyInstance): void {
  let reference: Promise<FastifyInstance> | undefined
  app.addHook('onClose', async () => {
    await (await reference)?.close()
  })
  const options = { config: { access: 'public' }, schema: { hide: true } } as const
  app.get('/reference', options, async (_request, reply) => reply.redirect('/reference/'))
  app.get('/reference/*', options, async (request, reply) => {
    reference ??= openReference()
    const { statusCode, headers, rawPayload } = await (await reference).inject(request.raw.url ?? '')
    if (statusCode !== 200) throw fail('not_found')
    return await reply
      .header('content-type', headers['content-type'])
      .header('content-security-policy', POLICY)
      .send(rawPayload)
  })
}

async function openReference(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const reference = Fastify()
  await reference.register(scalar, {
    routePrefix: '/reference',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Niaga API',
      favicon: '/assets/niaga.svg',
      // Everything that would leave this machine: fonts, usage counts, proxies, hosted helpers.
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true },
      mcp: { disabled: true },
      hideClientButton: true,
      showDeveloperTools: 'never',
    },
  })
  return reference
}
