/** What outside parties call, below the API and at the root path (QuickCart, §6); the prefix comes with the scope. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Update } from 'grammy/types'
import { Type } from 'typebox'
import { verifyWebhookSecret } from '../../../gateways/telegram/verification.ts'
import { typed } from '../../../platform/http/server.ts'
import { receiveUpdate } from '../bot/receive-update.ts'
import { fail } from '../errors.ts'
import { pakasirWebhook } from '../payments/payment.webhook.ts'
import type { Store } from '../store.ts'
import { Accepted, refusals } from './schemas.ts'

const open = { additionalProperties: true }
const Party = Type.Object({ id: Type.Integer() }, open)
const Message = Type.Object({ chat: Party }, open)

/** Only what ordering and deduplication need; the bot reads the rest as Telegram's own types. */
const UpdateBody = Type.Unsafe<Update>(
  Type.Object(
    {
      update_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
      message: Type.Optional(Message),
      callback_query: Type.Optional(Type.Object({ from: Party, message: Type.Optional(Message) }, open)),
      my_chat_member: Type.Optional(Message),
    },
    open,
  ),
)

export async function webhooks(scope: FastifyInstance, store: Store): Promise<void> {
  const gateway: FastifyPluginAsync = (raw) => pakasirWebhook(raw, store)
  await scope.register(gateway)
  typed(scope).post(
    '/telegram',
    {
      config: { access: 'public' },
      schema: {
        tags: ['Webhooks'],
        summary: 'A Telegram update',
        body: UpdateBody,
        response: { 200: Accepted, ...refusals('unauthenticated') },
      },
    },
    async (request, reply) => {
      const header = request.headers['x-telegram-bot-api-secret-token']
      if (!verifyWebhookSecret(header, store.config.telegram.webhookSecret ?? ''))
        throw fail('unauthenticated')
      await receiveUpdate(store, request.body)
      return reply.send({ ok: true })
    },
  )
}
