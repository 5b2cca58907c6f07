import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { fail } from '../../../kernel/errors.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import type { Store } from '../store.ts'
import { changeSetting } from './change-setting.ts'
import { refusals } from './schemas.ts'

const tags = ['Administration']
const config = { access: { permission: 'settings.manage' } } as const

const SettingParams = strictObject({ key: Type.String({ pattern: '^[a-z_]{1,50}$' }) })
const SettingAnswer = Type.Object({ key: Type.String(), value: Type.Unknown() })

export function settingsRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const settingOf = (key: string) => {
    const value = new Map(Object.entries<unknown>(store.settings.all())).get(key)
    if (value === undefined) throw fail('not_found')
    return { key, value }
  }

  app.get(
    '/admin/settings',
    {
      config,
      schema: {
        tags,
        summary: 'All settings, as they are in force',
        response: { 200: Type.Object({ items: Type.Array(SettingAnswer) }) },
      },
    },
    async () => ({ items: Object.keys(store.settings.all()).map(settingOf) }),
  )

  app.get(
    '/admin/settings/:key',
    {
      config,
      schema: {
        tags,
        summary: 'One setting',
        params: SettingParams,
        response: { 200: SettingAnswer, ...refusals('not_found') },
      },
    },
    async (request) => settingOf(request.params.key),
  )

  app.put(
    '/admin/settings/:key',
    {
      config,
      schema: {
        tags,
        summary: 'Change a setting',
        params: SettingParams,
        body: strictObject({ value: Type.Unknown() }),
        response: { 200: SettingAnswer, ...refusals('not_found') },
      },
    },
    async (request) => {
      const { key } = request.params
      await changeSetting(store, callerOf(request), key, request.body.value)
      return settingOf(key)
    },
  )
}
