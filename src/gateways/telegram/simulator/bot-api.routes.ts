/** The Bot API's own addresses: /bot{token}/{method} and /file/bot{token}/{path}. */
import type { Socket } from 'node:net'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { TELEGRAM_METHODS, type TelegramMethod } from '../methods.ts'
import { type CallFault, refusalOf } from './faults.ts'
import { methods } from './methods/index.ts'
import { Params, readBody } from './params.ts'
import { Refusal } from './refusal.ts'
import type { TelegramSimulator } from './simulator.ts'

const HANG_MS = 30_000
/** The names are not case-sensitive. */
const METHOD_NAMES = new Map<string, TelegramMethod>(
  TELEGRAM_METHODS.map((name) => [name.toLowerCase(), name]),
)

export interface SimulatorRouteOptions {
  readonly simulator: TelegramSimulator
}

export const botApiRoutes: FastifyPluginAsync<SimulatorRouteOptions> = async (app, { simulator }) => {
  const hung = new Set<Socket>()
  app.addHook('preClose', async () => {
    for (const socket of hung) socket.destroy()
  })
  // The address holds the token, so these requests stay out of the request log.
  const logLevel = 'silent'
  app.route<{ Params: { token: string; method: string }; Body: Buffer | undefined }>({
    method: ['GET', 'POST'],
    url: '/bot:token/:method',
    logLevel,
    handler: async (request, reply) => {
      checkToken(simulator, request.params.token)
      return handleCall(simulator, request, reply, hung)
    },
  })

  app.get<{ Params: { token: string; '*': string } }>(
    '/file/bot:token/*',
    { logLevel },
    async (request, reply) => {
      checkToken(simulator, request.params.token)
      const file = simulator.world.files.byPath(request.params['*'])
      if (!file) throw new Refusal(404, 'Not Found')
      return reply.type(file.mimeType).send(file.bytes)
    },
  )
}

async function handleCall(
  simulator: TelegramSimulator,
  request: FastifyRequest<{ Params: { method: string }; Body: Buffer | undefined }>,
  reply: FastifyReply,
  hung: Set<Socket>,
): Promise<unknown> {
  const method = METHOD_NAMES.get(request.params.method.toLowerCase())
  if (!method) throw new Refusal(404, 'Not Found')
  const query: unknown = request.query
  const body = await readBody(request.body ?? Buffer.alloc(0), request.headers['content-type'] ?? '')
  const params = new Params({ ...(typeof query === 'object' ? query : {}), ...body })
  const fault = simulator.faults.take(method, Number(params.text('chat_id')))
  try {
    if (fault && meetsRefusal(fault)) throw refusalOf(fault)
    const result = fault && !fault.effect ? undefined : await run(simulator, method, params, request)
    record(simulator, method, params, fault ? 0 : 200)
    return fault ? hang(reply, hung, fault.hangMs ?? HANG_MS) : { ok: true, result }
  } catch (error) {
    record(simulator, method, params, error instanceof Refusal ? error.status : 500)
    throw error
  }
}

function meetsRefusal(fault: CallFault): fault is Exclude<CallFault, { kind: 'timeout' }> {
  return fault.kind !== 'timeout'
}

async function run(
  simulator: TelegramSimulator,
  method: TelegramMethod,
  params: Params,
  request: FastifyRequest,
): Promise<unknown> {
  const gone = new AbortController()
  const hangUp = () => gone.abort()
  request.raw.socket.once('close', hangUp)
  try {
    return await methods[method](simulator.world, params, gone.signal)
  } finally {
    request.raw.socket.off('close', hangUp)
  }
}

/** Says nothing and cuts the line after a while, or when the server closes. */
function hang(reply: FastifyReply, hung: Set<Socket>, ms: number): FastifyReply {
  const { socket } = reply.raw
  if (socket) {
    const timer = setTimeout(() => socket.destroy(), ms)
    hung.add(socket)
    socket.once('close', () => {
      clearTimeout(timer)
      hung.delete(socket)
    })
  }
  return reply.hijack()
}

function record(simulator: TelegramSimulator, method: string, params: Params, status: number): void {
  simulator.record({ method, payload: params.summary(), at: simulator.world.clock.now(), status })
}

function checkToken(simulator: TelegramSimulator, token: string): void {
  if (token !== simulator.token) throw new Refusal(401, 'Unauthorized')
}
