/** Where no SMTP server is configured, a sink takes the mails on a socket of its own and shows them at /sim/mail. */
import { join } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { createMailer, type Mailer } from '../../../gateways/mail/client.ts'
import { mailSimulator } from '../../../gateways/mail/simulator/plugin.ts'
import { MailSimulator } from '../../../gateways/mail/simulator/simulator.ts'
import type { Log } from '../../../kernel/log.ts'
import { foreignScope } from '../../../platform/access/guard.ts'
import type { SystemContext } from '../../../platform/system.ts'
import type { WalletConfiguration } from '../configuration.ts'

export const MAIL_PATH = '/sim/mail'

export interface Post {
  readonly mailer: Mailer
  /** Undefined where a real server takes the mails. */
  readonly sink: MailSimulator | undefined
}

export async function openPost(
  { mail }: WalletConfiguration,
  { clock, dataDirectory }: SystemContext,
  log: Log,
): Promise<Post> {
  // A mailbox does not forget its mails because a wallet was killed.
  const stateFile = join(dataDirectory, 'mail-simulator.jsonl')
  const sink = mail.url === undefined ? new MailSimulator({ clock, stateFile }) : undefined
  const url = mail.url ?? (await sink?.listen()) ?? ''
  return { mailer: createMailer({ url, from: mail.from, clock, log }), sink }
}

export async function sinkRoutes(app: FastifyInstance, { sink }: Post): Promise<void> {
  if (!sink) return
  const plugin: FastifyPluginAsync = async (scope) => {
    foreignScope(scope)
    await scope.register(mailSimulator, { prefix: MAIL_PATH, simulator: sink })
  }
  await app.register(plugin)
}
