/** Mail over SMTP: one connection a mail, and a failure that says whether to try again. */
import { Readable } from 'node:stream'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { MailError } from './errors.ts'

export interface Mail {
  /** Becomes its Message-ID: the same mail sent twice keeps it, and receivers see one. Letters, digits, `.`, `-`. */
  readonly id: string
  /** One address. */
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface Mailer {
  /** Resolves once the server has taken it. @throws MailError */
  send(mail: Mail): Promise<void>
}

export interface MailerOptions {
  /** "smtp://user:password@mail.example:587", "smtps://…:465". */
  readonly url: string
  /** "UserState <no-reply@example.com>" */
  readonly from: { readonly name: string; readonly address: string }
  readonly clock: Clock
  readonly log: Log
  readonly timeoutMs?: number
}

/** For a whole mail; a job that sends it is not to be held longer. */
const TIMEOUT_MS = 20_000
/** One address and nothing that could end it: the server judges the rest. */
const ADDRESS = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/
/** RFC 4954: a login is demanded, is too weak, or is wrong. */
const LOGIN_STATUS = new Set([530, 534, 535])
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export function createMailer(options: MailerOptions): Mailer {
  const server = new URL(options.url)
  return {
    async send(mail) {
      try {
        await deliver(server, options, mail)
      } catch (error) {
        if (error instanceof MailError) {
          const { kind, status, message } = error
          options.log.warn({ gateway: 'mail', mail_id: mail.id, kind, status }, message)
        }
        throw error
      }
    },
  }
}

async function deliver(server: URL, options: MailerOptions, mail: Mail): Promise<void> {
  if (!ADDRESS.test(mail.to)) throw new MailError('refused', 'that is no mail address')
  const content = await compose(options, mail)
  const connection = connectionTo(server, options.timeoutMs ?? TIMEOUT_MS)
  let isHandedOver = false
  const stream = new Readable({
    // Read from the moment on that the server said "go ahead".
    read() {
      isHandedOver = true
      this.push(content)
      this.push(null)
    },
  })
  const deadline = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject)
      deadline.addEventListener('abort', () => reject(new Error('it took too long')))
      const settle = (error: Error | null | undefined) => (error ? reject(error) : resolve())
      const send = () =>
        connection.send({ from: options.from.address, to: mail.to, size: content.length }, stream, settle)
      connection.connect((error) => {
        if (error) reject(error)
        else if (server.username === '') send()
        else connection.login(credentialsOf(server), (refused) => (refused ? reject(refused) : send()))
      })
    })
  } catch (error) {
    throw toMailError(error, isHandedOver)
  } finally {
    // A late "error" event must find a listener.
    connection.on('error', () => {})
    connection.close()
  }
}

function compose({ from, clock }: MailerOptions, { id, to, subject, text }: Mail): Promise<Buffer> {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  return new MailComposer({
    messageId: `<${id}@${domain}>`,
    date: clock.now(),
    from,
    // An object: a text could hold several addresses.
    to: { name: '', address: to },
    subject,
    text,
    headers: { 'auto-submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
}

function connectionTo(server: URL, timeoutMs: number): SMTPConnection {
  const secure = server.protocol === 'smtps:'
  return new SMTPConnection({
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: Number(server.port) || (secure ? 465 : 587),
    secure,
    // Codes and people's addresses travel in the clear on this machine alone.
    requireTLS: !secure && !LOOPBACK.has(server.hostname),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  })
}

function credentialsOf(server: URL) {
  return {
    credentials: { user: decodeURIComponent(server.username), pass: decodeURIComponent(server.password) },
  }
}

/** The library's own words may quote the address; the server's code and ours do not. */
function toMailError(error: unknown, isHandedOver: boolean): MailError {
  const { code = 'no reason given', responseCode: status } = read(error)
  // A login that fails is ours to repair; the mail is good.
  if (code === 'EAUTH' || (status && LOGIN_STATUS.has(status)))
    return new MailError('temporary', 'the mail server refuses our login', status)
  if (status !== undefined && status >= 500)
    return new MailError('refused', `the server refuses it with ${status}`, status)
  if (status !== undefined) return new MailError('temporary', `the server puts it off with ${status}`, status)
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return new MailError('refused', 'that is no mail address')
  if (isHandedOver)
    return new MailError('unknown', `the connection ended before the server's answer: ${code}`)
  return new MailError('temporary', `the server was not reached: ${code}`)
}

function read(error: unknown): { code?: string; responseCode?: number } {
  if (typeof error !== 'object' || error === null) return {}
  return {
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('responseCode' in error && typeof error.responseCode === 'number' && error.responseCode > 0
      ? { responseCode: error.responseCode }
      : {}),
  }
}
