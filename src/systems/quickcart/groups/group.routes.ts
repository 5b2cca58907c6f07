import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { fail } from '../errors.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { addGroup } from './add-group.ts'
import { type Group, selectGroup, selectGroups } from './group.queries.ts'
import { removeGroup } from './remove-group.ts'

const tags = ['Administration']
const config = { access: { permission: 'groups.manage' } } as const
/** Telegram's ids fit a double; a supergroup's has 13 or 14 digits. */
const params = strictObject({
  chat_id: Type.String({ pattern: '^-[1-9]\\d{0,15}$', examples: ['-1001234567890'] }),
})

const GroupAnswer = Type.Object({
  chat_id: Type.String(),
  title: nullable(Type.String()),
  added_by: Type.String(),
  created_at: Instant,
})

export function groupRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/groups',
    {
      config,
      schema: {
        tags,
        summary: 'Notification groups',
        querystring: pageQuery({}),
        response: { 200: PageOf(GroupAnswer) },
      },
    },
    async (request) => {
      const { cursor } = request.query
      const limit = limitOf(request.query)
      const rows = await selectGroups(store.db, {
        limit,
        ...(cursor === undefined ? {} : { afterId: BigInt(decodeCursor(cursor, ['number'] as const)[0]) }),
      })
      const page = toPage(rows, limit, (row) => [Number(row.chat_id)], toAnswer)
      return { ...page, items: [...page.items] }
    },
  )

  app.get(
    '/admin/groups/:chat_id',
    {
      config,
      schema: {
        tags,
        summary: 'One group',
        params,
        response: { 200: GroupAnswer, ...refusals('group_not_found') },
      },
    },
    async (request) => toAnswer(await found(store, BigInt(request.params.chat_id))),
  )

  app.put(
    '/admin/groups/:chat_id',
    {
      config,
      schema: {
        tags,
        summary: 'Tell this group what admins are told',
        params,
        body: strictObject({ title: Type.Optional(nullable(Type.String({ maxLength: 255 }))) }),
        response: { 200: GroupAnswer, 201: GroupAnswer },
      },
    },
    async (request, reply) => {
      const chatId = BigInt(request.params.chat_id)
      const isNew = await addGroup(store, callerOf(request), { chatId, title: request.body.title ?? null })
      return reply.code(isNew ? 201 : 200).send(toAnswer(await found(store, chatId)))
    },
  )

  app.delete(
    '/admin/groups/:chat_id',
    {
      config,
      schema: {
        tags,
        summary: 'Tell this group nothing any more',
        params,
        response: { 204: Type.Null(), ...refusals('group_not_found') },
      },
    },
    async (request, reply) => {
      await removeGroup(store, callerOf(request), BigInt(request.params.chat_id))
      return reply.code(204).send(null)
    },
  )
}

async function found(store: Store, chatId: bigint): Promise<Group> {
  const group = await selectGroup(store.db, chatId)
  if (!group) throw fail('group_not_found')
  return group
}

function toAnswer({ chat_id: chat, added_by: by, ...group }: Group) {
  return { ...group, chat_id: String(chat), added_by: String(by) }
}
