/** `/_sim/events`: what happens in one person's chats, as server-sent events. */
import type { FastifyInstance } from 'fastify'
import type { TelegramSimulator } from './simulator.ts'

/** Keeps proxies from closing a quiet stream. */
const HEARTBEAT_MS = 20_000

export function streamEvents(app: FastifyInstance, simulator: TelegramSimulator): void {
  const closers = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const close of closers) close()
  })

  app.get<{ Querystring: { user_id?: string } }>('/_sim/events', async (request, reply) => {
    const userId = Number(request.query.user_id)
    const stream = reply.raw
    stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    stream.write(': hello\n\n')
    const unsubscribe = simulator.subscribe((event) => {
      const sees = simulator.world.chats.find(event.chat_id)?.members.has(userId) === true
      if (sees) stream.write(`data: ${JSON.stringify(event)}\n\n`)
    })
    const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS)
    const close = () => {
      unsubscribe()
      clearInterval(heartbeat)
      closers.delete(close)
      stream.end()
    }
    closers.add(close)
    stream.once('close', close)
    return reply.hijack()
  })
}
