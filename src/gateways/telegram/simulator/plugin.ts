/** The simulator as a Fastify plug-in, for any prefix of any server; and as a server of its own. */
import Fastify, { type FastifyPluginAsync } from 'fastify'
import { botApiRoutes, type SimulatorRouteOptions } from './bot-api.routes.ts'
import { controlRoutes } from './control.routes.ts'
import { pageRoutes } from './page.routes.ts'
import { Refusal } from './refusal.ts'
import { TelegramSimulator, type TelegramSimulatorOptions } from './simulator.ts'

/** Documents of 50 MB and the multipart around them. */
const BODY_LIMIT = 51 * 1024 * 1024

/** Mounts Bot API, control API and chat page of this simulator; closing the server closes the simulator. */
export const telegramSimulator: FastifyPluginAsync<SimulatorRouteOptions> = async (app, { simulator }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  )
  app.setErrorHandler((error, _request, reply) => {
    const { status, description, parameters } = asRefusal(error)
    return reply
      .code(status)
      .send({ ok: false, error_code: status, description, ...(parameters ? { parameters } : {}) })
  })
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ ok: false, error_code: 404, description: 'Not Found' }),
  )
  app.addHook('preClose', () => simulator.close())
  await app.register(botApiRoutes, { simulator })
  await app.register(controlRoutes, { simulator })
  await app.register(pageRoutes)
}

function asRefusal(error: unknown) {
  if (error instanceof Refusal) {
    return { status: error.status, description: error.message, parameters: error.parameters }
  }
  const isTooLarge = error instanceof Error && 'statusCode' in error && error.statusCode === 413
  return isTooLarge
    ? { status: 413, description: 'Request Entity Too Large', parameters: undefined }
    : { status: 500, description: 'Internal Server Error', parameters: undefined }
}

export interface RunningSimulator {
  readonly simulator: TelegramSimulator
  /** Its `apiRoot` and the address of the page, without a trailing slash. */
  readonly url: string
  close(): Promise<void>
}

/** Runs a simulator on a port of its own (0: any free one). */
export async function startTelegramSimulator(
  options: TelegramSimulatorOptions & { readonly port?: number; readonly host?: string },
): Promise<RunningSimulator> {
  const simulator = new TelegramSimulator(options)
  const app = Fastify()
  await app.register(telegramSimulator, { simulator })
  const url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' })
  return { simulator, url, close: () => app.close() }
}
