/** The simulated service as a Fastify plugin; register it under any prefix. */
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { faultControls } from '../../simulation/control-routes.ts'
import { servingWith } from '../../simulation/endpoints.ts'
import { operatorPages, type Query } from '../../simulation/pages.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { actAs } from '../../simulation/scope.ts'
import { deviceList, indexPage } from './index-page.ts'
import { ENDPOINTS, type FcmSimulator } from './simulator.ts'

const SHOWN = 200
const CODES = { tooManyRequests: 'QUOTA_EXCEEDED', serverError: 'INTERNAL', rejected: 'INVALID_VALUE' }

export const fcmSimulator: FastifyPluginAsync<{ readonly simulator: FcmSimulator }> = async (
  app,
  { simulator },
) => {
  actAs(app, { name: 'FCM', codes: { badRequest: 'INVALID_VALUE', internal: 'INTERNAL' }, errorBody })
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  const serve = servingWith(app, simulator.faults, CODES)
  app.post<{ Body: Readonly<Record<string, unknown>> | undefined }>('/token', async ({ body }, reply) => {
    await simulator.access.check(body ?? {})
    return serve('token', reply, () => {
      const { token, lifetimeS } = simulator.access.issue()
      return { access_token: token, expires_in: lifetimeS, token_type: 'Bearer' }
    })
  })
  app.post<{ Params: { project: string } }>(
    '/v1/projects/:project/messages::send',
    async ({ params, body, headers }, reply) => {
      askForPatience(reply, simulator)
      return serve('send', reply, () => {
        if (!simulator.access.takes(headers.authorization)) {
          throw new SimulatorRefusal(
            401,
            'UNAUTHENTICATED',
            'Request had invalid authentication credentials.',
          )
        }
        return simulator.send(params.project, body)
      })
    },
  )
  operatorPages(app, { index: () => indexPage(simulator), list: () => deviceList(simulator) })
  controls(app, simulator)
}

function controls(app: Parameters<typeof operatorPages>[0], simulator: FcmSimulator): void {
  app.get<{ Querystring: Query }>('/_sim/messages', async ({ query }) => {
    const token = typeof query.token === 'string' ? query.token : undefined
    return { messages: simulator.list(token).slice(0, SHOWN) }
  })
  app.post('/_sim/revoke', async () => {
    simulator.access.revoke()
    return { revoked: true }
  })
  faultControls(app, simulator.faults, ENDPOINTS)
  app.post('/_sim/behave', async () => {
    simulator.behave()
    return { behaves: true }
  })
}

/** Set before the answer is known: only refusals of the kind that may be repeated are read for it. */
function askForPatience(reply: FastifyReply, { retryAfterS }: FcmSimulator): void {
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS))
}

const STATUS: Readonly<Record<string, string>> = {
  UNREGISTERED: 'NOT_FOUND',
  SENDER_ID_MISMATCH: 'PERMISSION_DENIED',
  QUOTA_EXCEEDED: 'RESOURCE_EXHAUSTED',
  INVALID_VALUE: 'INVALID_ARGUMENT',
}
const HTTP: Readonly<Record<string, number>> = {
  UNREGISTERED: 404,
  NOT_FOUND: 404,
  SENDER_ID_MISMATCH: 403,
  INVALID_ARGUMENT: 400,
  INVALID_VALUE: 400,
  UNAUTHENTICATED: 401,
  QUOTA_EXCEEDED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
}

/** The service's error; the token endpoint's is OAuth's. */
function errorBody(code: string, message: string): object {
  if (code === 'invalid_grant' || code === 'unsupported_grant_type') {
    return { error: code, error_description: message }
  }
  const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError'
  const isFcms = code !== 'INVALID_VALUE' && code !== 'NOT_FOUND' && code !== 'UNAUTHENTICATED'
  return {
    error: {
      code: HTTP[code],
      message,
      status: STATUS[code] ?? code,
      ...(isFcms ? { details: [{ '@type': type, errorCode: code }] } : {}),
    },
  }
}
