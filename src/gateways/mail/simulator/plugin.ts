/** The mail sink's page and control API as a Fastify plugin; register it under any prefix. */
import type { FastifyPluginAsync } from 'fastify'
import { faultControlsOf } from '../../simulation/control-routes.ts'
import { operatorPages, type Query } from '../../simulation/pages.ts'
import { actAs } from '../../simulation/scope.ts'
import { MAIL_FAULTS } from './faults.ts'
import { indexPage, mailList } from './index-page.ts'
import type { ArrivedMail } from './mails.ts'
import type { MailSimulator } from './simulator.ts'

const SHOWN = 100

export const mailSimulator: FastifyPluginAsync<{ readonly simulator: MailSimulator }> = async (
  app,
  { simulator },
) => {
  actAs(app, {
    name: 'mail',
    codes: { badRequest: 'bad_request', internal: 'internal' },
    errorBody: (code, error) => ({ error, code }),
  })
  operatorPages(app, {
    index: (query) => indexPage(simulator, recipientOf(query)),
    list: (query) => mailList(simulator, recipientOf(query)),
  })
  app.get<{ Querystring: Query }>('/_sim/mail', async ({ query }) => ({
    mails: simulator.list(recipientOf(query)).slice(0, SHOWN).map(mailView),
  }))
  faultControlsOf(app, simulator.faults, { kinds: MAIL_FAULTS, endpoints: [] })
  app.post('/_sim/behave', async () => {
    simulator.behave()
    return { behaves: true }
  })
}

function recipientOf({ to }: Query): string | undefined {
  return typeof to === 'string' && to !== '' ? to : undefined
}

function mailView({ messageId, ...mail }: ArrivedMail) {
  return { ...mail, message_id: messageId }
}
