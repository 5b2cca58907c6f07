import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, instantInput, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { type Campaign, selectCampaigns } from './campaign.queries.ts'
import { cancelCampaign, createCampaign, editCampaign, sendCampaign } from './campaigns.ts'

const tags = ['Administration']
const config = { access: { permission: 'admin.campaigns' } } as const

const Line = Type.String({ minLength: 1, maxLength: 255 })
const Yes = Type.Literal(true)
const Audience = Type.Union([
  strictObject({ all: Yes }),
  strictObject({ agent: Yes }),
  strictObject({ usernames: Type.Array(Line, { minItems: 1, maxItems: 10_000 }) }),
])
const ScheduledAt = nullable(instantInput({ description: 'null: it stays a draft' }))
const CampaignBody = strictObject({
  name: Line,
  telp: Line,
  message: Line,
  audience: Audience,
  push: Type.Optional(Type.Boolean({ default: true, description: 'also on their devices' })),
  scheduled_at: Type.Optional(ScheduledAt),
})
const CampaignChanges = strictObject({
  name: Type.Optional(Line),
  telp: Type.Optional(Line),
  message: Type.Optional(Line),
  audience: Type.Optional(Audience),
  push: Type.Optional(Type.Boolean()),
  scheduled_at: Type.Optional(ScheduledAt),
})
const CampaignAnswer = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  telp: Type.String(),
  message: Type.String(),
  audience: Audience,
  push: Type.Boolean(),
  status: oneOf(['DRAFT', 'SCHEDULED', 'SENDING', 'SENT', 'CANCELLED']),
  scheduled_at: nullable(Instant),
  recipients: Type.Integer(),
  created_by: Type.String(),
  created_at: Instant,
})
const params = strictObject({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export function campaignRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/campaigns',
    {
      config,
      schema: {
        tags,
        summary: 'Campaigns, newest first',
        querystring: pageQuery({}),
        response: { 200: PageOf(CampaignAnswer) },
      },
    },
    async (request) => {
      const { cursor } = request.query
      const limit = limitOf(request.query)
      const rows = await selectCampaigns(store.db, {
        limit,
        ...(cursor === undefined ? {} : { beforeId: decodeCursor(cursor, ['number'] as const)[0] }),
      })
      const page = toPage(rows, limit, (row) => [Number(row.id)], toAnswer)
      return { ...page, items: [...page.items] }
    },
  )

  app.post(
    '/admin/campaigns',
    {
      config,
      schema: {
        tags,
        summary: 'Draft a message to many people',
        description: 'It goes to people who are not disabled and take offers. Nothing is sent yet.',
        body: CampaignBody,
        response: { 201: CampaignAnswer },
      },
    },
    async (request, reply) => {
      const { scheduled_at: at = null, push = true, ...input } = request.body
      const createdBy = identityOf(request).subject
      const scheduledAt = at === null ? null : new Date(at)
      const made = await createCampaign(store, callerOf(request), { ...input, push, scheduledAt, createdBy })
      return reply.code(201).send(toAnswer(made))
    },
  )

  app.patch(
    '/admin/campaigns/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change a campaign that has not begun',
        params,
        body: CampaignChanges,
        response: { 200: CampaignAnswer, ...refusals('campaign_not_editable') },
      },
    },
    async (request) => {
      const { scheduled_at: at, ...changes } = request.body
      const scheduledAt = at === undefined ? {} : { scheduledAt: at === null ? null : new Date(at) }
      const { id } = request.params
      return toAnswer(await editCampaign(store, callerOf(request), id, { ...changes, ...scheduledAt }))
    },
  )

  for (const [word, status, summary, act] of [
    ['send', 202, 'Send it: once, however often', sendCampaign],
    ['cancel', 200, 'Give out no more of it', cancelCampaign],
  ] as const) {
    app.post(
      `/admin/campaigns/:id/${word}`,
      {
        config,
        schema: {
          tags,
          summary,
          params,
          response: { [status]: CampaignAnswer, ...refusals('campaign_not_editable') },
        },
      },
      async (request, reply) =>
        reply.code(status).send(toAnswer(await act(store, callerOf(request), request.params.id))),
    )
  }
}

function toAnswer(campaign: Campaign) {
  const { audience, id, ...rest } = campaign
  const copy = 'usernames' in audience ? { usernames: [...audience.usernames] } : audience
  return { ...rest, id: Number(id), audience: copy }
}
