import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { fail as kernelFail } from '../../../kernel/errors.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { changeSetting } from './change-setting.ts'

const tags = ['Administration']
const config = { access: { permission: 'admin.settings' } } as const
const KeyParams = strictObject({ key: Type.String({ minLength: 1, maxLength: 64 }) })
const SettingAnswer = Type.Object({ key: Type.String(), value: Type.Unknown() })

export function settingsRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/settings/:key',
    {
      config,
      schema: {
        tags,
        summary: 'One setting',
        params: KeyParams,
        response: { 200: SettingAnswer, ...refusals('not_found') },
      },
    },
    async ({ params: { key } }) => ({ key, value: readSetting(store, key) }),
  )

  app.put(
    '/admin/settings/:key',
    {
      config,
      schema: {
        tags,
        summary: 'Change it; it holds at once, everywhere',
        params: KeyParams,
        body: strictObject({ value: Type.Unknown() }),
        response: { 200: SettingAnswer, ...refusals('not_found', 'setting_invalid') },
      },
    },
    async (request) => {
      const { key } = request.params
      await changeSetting(store, callerOf(request), key, request.body.value)
      return { key, value: readSetting(store, key) }
    },
  )
}

function readSetting({ settings }: Store, key: string): unknown {
  const all: Readonly<Record<string, unknown>> = settings.all()
  if (!Object.hasOwn(all, key)) throw kernelFail('not_found')
  return all[key]
}
