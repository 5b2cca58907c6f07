/** The API reference at `/reference`: everything it needs comes from this server, nothing from elsewhere. */
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'

/** Call it before routes are guarded: these pages belong to everybody and cannot declare so themselves. */
export async function registerReference(app: FastifyInstance): Promise<void> {
  await app.register(scalar, {
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
    hooks: {
      // Its page starts itself with an inline script and styles itself from script; ours do neither.
      onRequest: (_request, reply, done) => {
        reply.header(
          'content-security-policy',
          "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
            "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; " +
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        done()
      },
    },
  })
}
