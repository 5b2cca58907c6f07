/** Closing: no new work, what is in flight is finished, and nobody waits longer than 2 seconds. */
import type { FastifyInstance } from 'fastify'
import { fail } from '../../kernel/errors.ts'

/** The whole process has 5 s: jobs and PostgreSQL stop after this. */
const GRACE_MS = 2_000

export function closeGracefully(app: FastifyInstance): void {
  let closing = false
  let deadline: NodeJS.Timeout | undefined

  app.addHook('preClose', async () => {
    closing = true
    deadline = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
  })
  app.addHook('onClose', async () => clearTimeout(deadline))

  // Otherwise the connection of a finished request would be kept alive, and closing would wait for it.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })

  // A connection that was kept alive may still send one.
  app.addHook('onRequest', async () => {
    if (closing) throw fail('unavailable')
  })
}
