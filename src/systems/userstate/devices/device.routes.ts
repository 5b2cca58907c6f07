import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { FcmId, Platform } from './device.schemas.ts'
import { disableDevice, noticeDevice, registerDevice, selectDevices } from './devices.ts'

const DeviceAnswer = Type.Object({
  fcm_id: FcmId,
  platform: nullable(Type.String()),
  enabled: Type.Boolean(),
  created_at: Instant,
  last_seen_at: nullable(Instant),
})

/** Where somebody wants to be told (UserState, U19). */
export function deviceRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const tags = ['Devices']
  const config = { access: { permission: 'devices.own' } } as const

  app.post(
    '/devices',
    {
      config: { access: 'optional' },
      schema: {
        tags,
        summary: 'Register this device',
        description:
          'Signed in, the device is yours from now on. Without a session an unknown device is noted, and of a known one only that it was seen.',
        body: strictObject({ fcm_id: FcmId, platform: Type.Optional(Platform) }),
        response: { 200: Type.Object({ fcm_id: FcmId }) },
      },
    },
    async (request) => {
      const { fcm_id: fcmId, platform = null } = request.body
      const { identity } = request
      await inTransaction(store.db, callerOf(request), (tx) =>
        identity?.kind === 'user'
          ? registerDevice(tx, { username: identity.subject, fcmId, platform })
          : noticeDevice(tx, { fcmId, platform }),
      )
      return { fcm_id: fcmId }
    },
  )

  app.get(
    '/devices',
    {
      config,
      schema: {
        tags,
        summary: 'Your devices',
        querystring: pageQuery({}),
        response: { 200: PageOf(DeviceAnswer) },
      },
    },
    async (request) => {
      const { cursor } = request.query
      const limit = limitOf(request.query)
      const rows = await selectDevices(store.db, identityOf(request).subject, {
        limit,
        ...(cursor === undefined ? {} : { after: decodeCursor(cursor, ['string'] as const)[0] }),
      })
      const page = toPage(
        rows,
        limit,
        (row) => [row.fcm_id],
        (row) => row,
      )
      return { ...page, items: [...page.items] }
    },
  )

  app.delete(
    '/devices/:fcm_id',
    {
      config,
      schema: {
        tags,
        summary: 'Send nothing to this device any more',
        params: strictObject({ fcm_id: FcmId }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { subject: username } = identityOf(request)
      const fcmId = request.params.fcm_id
      const isTheirs = await inTransaction(store.db, callerOf(request), (tx) =>
        disableDevice(tx, { username, fcmId, reason: 'REMOVED' }),
      )
      if (!isTheirs) throw fail('not_found')
      return reply.code(204).send(null)
    },
  )
}
