/** A mail server for the people of a demonstration: takes every mail, on a real socket, and shows it. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import { Faults } from '../../simulation/faults.ts'
import { type Journal, openJournal } from '../../simulation/journal.ts'
import type { MailFault } from './faults.ts'
import { type ArrivedMail, mailCodec, openMail } from './mails.ts'
import { CUT, type Envelope, type SmtpDecisions, SmtpSession } from './smtp-session.ts'

export interface MailSimulatorOptions {
  readonly clock?: Clock
  /** Whose login it takes; without one it asks for none. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Keeps the mails over restarts; in memory alone where absent. */
  readonly stateFile?: string
}

const SLOW_MS = 5_000
/** A sink that runs for months starts as quickly as on its first day. */
const KEPT = 500

export class MailSimulator implements SmtpDecisions {
  readonly faults = new Faults<never, MailFault>()
  /** How late a slow server greets. */
  slowMs = SLOW_MS
  readonly #clock: Clock
  readonly #login: MailSimulatorOptions['login']
  readonly #journal: Journal<ArrivedMail> | undefined
  readonly #sockets = new Set<Socket>()
  readonly #closing = new AbortController()
  #mails: ArrivedMail[] = []
  #server: Server | undefined

  constructor({ clock = systemClock, login, stateFile }: MailSimulatorOptions = {}) {
    this.#clock = clock
    this.#login = login
    this.#journal = stateFile === undefined ? undefined : openJournal(stateFile, mailCodec, KEPT)
    this.#mails = this.#journal?.load() ?? []
  }

  /** Answers the address for a mailer: "smtp://127.0.0.1:2525". */
  async listen(port = 0): Promise<string> {
    const server = createServer((socket) => void this.#converse(socket))
    this.#server = server
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new TypeError('no address to listen on')
    return `smtp://127.0.0.1:${address.port}`
  }

  /** Newest first; of one person where an address is given, in whatever letters. */
  list(to?: string): ArrivedMail[] {
    const wanted = to?.toLowerCase()
    const found = this.#mails.filter(
      (mail) => !wanted || mail.to.some((each) => each.toLowerCase() === wanted),
    )
    return found.toReversed()
  }

  /** An honest server again, with its mails. */
  behave(): void {
    this.faults.clear()
    this.slowMs = SLOW_MS
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const server = this.#server
    if (!server) return
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }

  async greet(): Promise<string> {
    const fault = this.faults.takeOneOf(['outage', 'slow'])
    if (fault === 'outage') return CUT
    if (fault === 'slow')
      await pause(this.slowMs, undefined, { signal: this.#closing.signal }).catch(() => {})
    return '220 niaga mail sink'
  }

  login(user: string, password: string): string {
    const isRight = !this.#login || (user === this.#login.user && password === this.#login.password)
    return isRight ? '235 2.7.0 Welcome' : '535 5.7.8 Wrong name or password'
  }

  sender(hasLoggedIn: boolean): string {
    if (this.#login && !hasLoggedIn) return '530 5.7.0 Log in first'
    return this.faults.takeOneOf(['temporary']) ? '451 4.3.0 Try again later' : '250 2.1.0 Go on'
  }

  recipient(): string {
    return this.faults.takeOneOf(['refuse_recipient'])
      ? '550 5.1.1 There is no such mailbox'
      : '250 2.1.5 Go on'
  }

  async message(envelope: Envelope, content: Buffer): Promise<string> {
    const fault = this.faults.takeOneOf(['refuse_message', 'cut_after_data'])
    if (fault === 'refuse_message') return '554 5.7.1 This looks like spam'
    const mail = await openMail(envelope, content, this.#clock.now())
    this.#mails.push(mail)
    if (this.#mails.length > KEPT) this.#mails.shift()
    this.#journal?.append(mail)
    return fault === 'cut_after_data' ? CUT : '250 2.0.0 Taken'
  }

  async #converse(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    // The other side may vanish at any moment; that ends the conversation and nothing else.
    socket.on('error', () => {})
    await new SmtpSession(socket, this).run().catch(() => socket.destroy())
  }
}
