/** Mails on their way out: a job each, enqueued in the transaction of what they are about (UserState, 7.6). */
import { Type } from 'typebox'
import type { Mail } from '../../../gateways/mail/client.ts'
import { MailError } from '../../../gateways/mail/errors.ts'
import { newId } from '../../../kernel/ids.ts'
import { defineJob, enqueue, handle, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { selectReceipt, writeReceipt } from './receipt.ts'
import { isMailTemplate, type MailTemplate, writeMail } from './templates.ts'

/** UserState, §8. */
const ATTEMPTS = 25

const send = defineJob(
  'userstate.mail_send',
  Type.Object({
    id: Type.String(),
    username: Type.String(),
    template: Type.String(),
    /** The code, sealed: who reads the queue does not read it. */
    sealed: Type.String(),
    /** When the code ends, in ms: after it nobody is told to use it. */
    until: Type.Number(),
  }),
  ATTEMPTS,
)

/** The database asks for it, in the transaction that pays (functions/tell_of_change.sql). */
const sendReceipt = defineJob('userstate.mail_receipt', Type.Object({ id: Type.String() }), ATTEMPTS)

export interface OutgoingMail {
  readonly username: string
  readonly template: MailTemplate
  readonly code: string
}

/** To the address that the person has when it is sent. */
export async function enqueueMail(store: Store, tx: Tx, mail: OutgoingMail): Promise<void> {
  const { username, template, code } = mail
  const id = newId()
  const until = store.clock.now().getTime() + store.settings.get('otp.ttl_seconds') * 1000
  const sealed = store.config.fieldKeys.seal(code, `mail:${id}`)
  await enqueue(tx, send, { id, username, template, sealed, until })
}

export function mailTasks(store: Store): readonly Task[] {
  return [
    handle(send, async ({ id, username, template, sealed, until }, { lastAttempt }) => {
      const person = await store.db.maybeOne<{ email: string; first_name: string }>(sql`
        select email, first_name from user_info where username = ${username} and erased_at is null`)
      if (!person || !isMailTemplate(template)) return
      const seconds = Math.ceil((until - store.clock.now().getTime()) / 1000)
      if (seconds <= 0) {
        store.log.error(
          { mail: id, template, username },
          'a mail came too late to be sent: its code has ended',
        )
        return
      }
      const code = store.config.fieldKeys.open(sealed, `mail:${id}`)
      const text = writeMail(template, { name: person.first_name, code, seconds })
      await deliver(store, { id, to: person.email, ...text }, { template, username, lastAttempt })
    }),
    handle(sendReceipt, async ({ id }, { lastAttempt }) => {
      const receipt = await selectReceipt(store.db, id)
      if (!receipt) return
      const { username, email: to } = receipt
      const about = { template: 'RECEIPT', username, lastAttempt }
      await deliver(store, { id: `receipt-${id}`, to, ...writeReceipt(receipt) }, about)
    }),
  ]
}

/** @throws MailError where trying again may help */
async function deliver(
  { post, log }: Store,
  mail: Mail,
  about: { readonly template: string; readonly username: string; readonly lastAttempt: boolean },
): Promise<void> {
  const { template, username, lastAttempt } = about
  try {
    await post.mailer.send(mail)
  } catch (error) {
    const { kind, status } = error instanceof MailError ? error : {}
    const isFinal = kind === 'refused'
    if (isFinal || lastAttempt)
      log.error({ mail: mail.id, template, username, kind, status }, 'a mail was not sent')
    // Trying again would be refused again.
    if (!isFinal) throw error
  }
}
