/** `/_sim`: the people's side, for the page, for scripts and for tests in other processes. JSON in, JSON out. */
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { SimulatorRouteOptions } from './bot-api.routes.ts'
import { readFault, readUpload, readUser } from './control-input.ts'
import { streamEvents } from './event-stream.ts'
import { Params, readBody } from './params.ts'
import { Refusal } from './refusal.ts'
import type { TelegramSimulator } from './simulator.ts'

type IdRequest = FastifyRequest<{ Params: { id: string }; Body: Buffer | undefined }>

export const controlRoutes: FastifyPluginAsync<SimulatorRouteOptions> = async (app, { simulator }) => {
  const { world } = simulator
  app.get('/_sim/bot', async () => ({ ...world.me, pending_updates: world.queue.length }))
  app.get('/_sim/users', async () => world.chats.people())
  app.post<{ Body: Buffer | undefined }>('/_sim/users', async (request) =>
    simulator.addUser(readUser(await bodyOf(request))),
  )
  app.get('/_sim/users/:id/chats', async (request: IdRequest) => simulator.chatsOf(idOf(request)))
  app.get('/_sim/users/:id/login', async (request: IdRequest) => ({
    init_data: simulator.initData(idOf(request)),
    login: simulator.loginWidget(idOf(request)),
  }))
  app.post('/_sim/users/:id/block', async (request: IdRequest) => {
    simulator.blockBot(idOf(request))
    return simulator.chat(idOf(request))
  })
  app.post('/_sim/users/:id/unblock', async (request: IdRequest) => {
    simulator.unblockBot(idOf(request))
    return simulator.chat(idOf(request))
  })
  chatRoutes(app, simulator)
  scriptRoutes(app, simulator)
  streamEvents(app, simulator)
}

function chatRoutes(app: FastifyInstance, simulator: TelegramSimulator): void {
  app.post<{ Body: Buffer | undefined }>('/_sim/groups', async (request) => {
    const params = await bodyOf(request)
    const members = params.json('user_ids')
    const chatId = simulator.addGroup(
      params.text('title') ?? 'Group',
      Array.isArray(members) ? members.map(Number) : [],
    )
    return simulator.chat(chatId)
  })
  app.post('/_sim/groups/:id/migrate', async (request: IdRequest) =>
    simulator.chat(simulator.migrateGroup(idOf(request))),
  )
  for (const [word, isIn] of [
    ['join', true],
    ['leave', false],
  ] as const) {
    app.post(`/_sim/groups/:id/${word}`, async (request: IdRequest) => {
      simulator.setInGroup(idOf(request), isIn)
      return simulator.chat(idOf(request))
    })
  }
  app.get('/_sim/chats/:id', async (request: IdRequest) => simulator.chat(idOf(request)))
  app.post('/_sim/chats/:id/text', async (request: IdRequest) => {
    const params = await bodyOf(request)
    const options = { chatId: idOf(request), replyTo: params.int('reply_to') }
    return simulator.sendText(userOf(params, request), params.text('text') ?? '', options)
  })
  app.post('/_sim/chats/:id/photo', async (request: IdRequest) => {
    const params = await bodyOf(request)
    return simulator.sendPhoto(userOf(params, request), readUpload(params, 'photo.png'), {
      ...fileOptions(params, request),
    })
  })
  app.post('/_sim/chats/:id/document', async (request: IdRequest) => {
    const params = await bodyOf(request)
    return simulator.sendDocument(userOf(params, request), readUpload(params, 'document.txt'), {
      ...fileOptions(params, request),
    })
  })
  app.post('/_sim/chats/:id/sticker', async (request: IdRequest) => {
    const params = await bodyOf(request)
    const options = { chatId: idOf(request), replyTo: params.int('reply_to') }
    return simulator.sendSticker(userOf(params, request), params.text('emoji') ?? '👋', options)
  })
  app.post('/_sim/chats/:id/press', async (request: IdRequest) => {
    const params = await bodyOf(request)
    const options = { chatId: idOf(request), isStale: params.flag('stale') }
    const messageId = params.int('message_id') ?? 0
    const id = simulator.press(userOf(params, request), messageId, params.text('data') ?? '', options)
    return { callback_query_id: id }
  })
}

function scriptRoutes(app: FastifyInstance, simulator: TelegramSimulator): void {
  app.get('/_sim/faults', async () => simulator.faults.pending())
  app.post<{ Body: Buffer | undefined }>('/_sim/faults', async (request) => {
    simulator.fault(readFault(await bodyOf(request)))
    return simulator.faults.pending()
  })
  app.delete('/_sim/faults', async () => {
    simulator.clearFaults()
    return []
  })
  app.get<{ Querystring: { method?: string } }>('/_sim/calls', async (request) =>
    simulator.calls(request.query.method),
  )
  app.get<{ Params: { id: string } }>('/_sim/files/:id', async (request, reply) => {
    const file = simulator.world.files.find(request.params.id)
    if (!file) throw new Refusal(404, 'Not Found')
    const isImage = /^image\/(png|jpeg|gif|webp)$/.test(file.mimeType)
    // Whatever a person uploads is shown only where it is surely an image, and saved otherwise.
    const disposition = isImage ? 'inline' : `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`
    return reply
      .header('content-disposition', disposition)
      .header('x-content-type-options', 'nosniff')
      .type(isImage ? file.mimeType : 'application/octet-stream')
      .send(file.bytes)
  })
}

function idOf(request: IdRequest): number {
  const id = Number(request.params.id)
  if (!Number.isSafeInteger(id)) throw new Refusal(404, 'Not Found')
  return id
}

/** Who acts: `user_id`, or the person whose private chat it is. */
function userOf(params: Params, request: IdRequest): number {
  return params.int('user_id') ?? idOf(request)
}

function fileOptions(params: Params, request: IdRequest) {
  return { chatId: idOf(request), replyTo: params.int('reply_to'), caption: params.text('caption') }
}

async function bodyOf(request: FastifyRequest<{ Body: Buffer | undefined }>): Promise<Params> {
  return new Params(await readBody(request.body ?? Buffer.alloc(0), request.headers['content-type'] ?? ''))
}
