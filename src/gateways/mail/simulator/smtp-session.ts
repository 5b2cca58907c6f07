/**
 * One SMTP conversation (RFC 5321), as far as it takes to be handed a mail: HELO, EHLO, AUTH PLAIN, MAIL, RCPT, DATA,
 * RSET, NOOP, QUIT, with pipelining.
 */
import type { Socket } from 'node:net'

/** What the other side decides; each answer is an SMTP reply such as "250 2.0.0 Taken", or `cut`. */
export interface SmtpDecisions {
  greet(): Promise<Reply>
  login(user: string, password: string): Reply
  sender(hasLoggedIn: boolean): Reply
  recipient(address: string): Reply
  message(envelope: Envelope, content: Buffer): Promise<Reply>
}

/** The connection breaks without a word. */
export const CUT = 'cut'
type Reply = string

export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
}

/** Far above any mail of ours; a sender that goes on is cut off. */
const MAX_BYTES = 1024 * 1024
const MAX_LINE_BYTES = 2048
const END = Buffer.from('\r\n.\r\n')

export class SmtpSession {
  readonly #socket: Socket
  readonly #decisions: SmtpDecisions
  #received: Buffer = Buffer.alloc(0)
  #from: string | undefined
  #to: string[] = []
  #hasLoggedIn = false
  #isData = false

  constructor(socket: Socket, decisions: SmtpDecisions) {
    this.#socket = socket
    this.#decisions = decisions
  }

  /** Resolves when the conversation is over. */
  async run(): Promise<void> {
    if (!this.#say(await this.#decisions.greet())) return
    for await (const chunk of this.#socket) {
      this.#received = Buffer.concat([this.#received, chunk])
      while (!this.#socket.destroyed && (await this.#step())) {}
      const limit = this.#isData ? MAX_BYTES : MAX_LINE_BYTES
      if (this.#received.length > limit) {
        this.#say('552 5.3.4 Too large')
        this.#socket.destroy()
      }
    }
  }

  /** Answers one command, or takes one text; false where more has to arrive first. */
  async #step(): Promise<boolean> {
    if (this.#isData) return this.#takeText()
    const end = this.#received.indexOf('\r\n')
    if (end < 0) return false
    const line = this.#received.subarray(0, end).toString('utf8')
    this.#received = this.#received.subarray(end + 2)
    this.#say(this.#answer(line))
    return true
  }

  #answer(line: string): Reply {
    const [verb = '', ...rest] = line.split(' ')
    switch (verb.toUpperCase()) {
      case 'HELO':
        return '250 niaga mail sink'
      case 'EHLO':
        return `250-niaga mail sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE ${MAX_BYTES}\r\n250 AUTH PLAIN`
      case 'AUTH':
        return this.#login(rest)
      case 'MAIL':
        return this.#sender(line)
      case 'RCPT':
        return this.#recipient(line)
      case 'DATA':
        if (this.#to.length === 0) return '503 5.5.1 Recipients first'
        this.#isData = true
        return '354 Go ahead'
      case 'RSET':
        this.#reset()
        return '250 2.0.0 Forgotten'
      case 'NOOP':
        return '250 2.0.0 Done'
      case 'QUIT':
        return '221 2.0.0 Bye'
      default:
        return '502 5.5.2 Unknown command'
    }
  }

  #login([method = '', initial = '']: readonly string[]): Reply {
    if (method.toUpperCase() !== 'PLAIN') return '504 5.5.4 PLAIN only'
    const [, user = '', password = ''] = Buffer.from(initial, 'base64').toString('utf8').split('\0')
    const reply = this.#decisions.login(user, password)
    this.#hasLoggedIn = isYes(reply)
    return reply
  }

  #sender(line: string): Reply {
    const address = /^MAIL FROM:\s*<([^<>\s]*)>/i.exec(line)?.[1]
    if (address === undefined) return '501 5.5.4 MAIL FROM:<address>'
    const reply = this.#decisions.sender(this.#hasLoggedIn)
    if (isYes(reply)) {
      this.#reset()
      this.#from = address
    }
    return reply
  }

  #recipient(line: string): Reply {
    const address = /^RCPT TO:\s*<([^<>\s]+)>/i.exec(line)?.[1]
    if (this.#from === undefined) return '503 5.5.1 Sender first'
    if (address === undefined) return '501 5.5.4 RCPT TO:<address>'
    const reply = this.#decisions.recipient(address)
    if (isYes(reply)) this.#to.push(address)
    return reply
  }

  async #takeText(): Promise<boolean> {
    // The end may be all there is: an empty text begins right after the command's own line end.
    const whole = Buffer.concat([Buffer.from('\r\n'), this.#received])
    const end = whole.indexOf(END)
    if (end < 0) return false
    const content = whole.subarray(2, Math.max(2, end + 2))
    this.#received = whole.subarray(end + END.length)
    this.#isData = false
    const envelope = { from: this.#from ?? '', to: this.#to }
    this.#reset()
    this.#say(await this.#decisions.message(envelope, unstuffed(content)))
    return true
  }

  #reset(): void {
    this.#from = undefined
    this.#to = []
  }

  /** False where that was the last word. */
  #say(reply: Reply): boolean {
    if (reply === CUT) {
      this.#socket.destroy()
      return false
    }
    if (!this.#socket.writable) return false
    this.#socket.write(`${reply}\r\n`)
    const isLast = reply.startsWith('221')
    if (isLast) this.#socket.end()
    return !isLast
  }
}

function isYes(reply: Reply): boolean {
  return reply.startsWith('2')
}

/** RFC 5321, 4.5.2: a line of the text that begins with a dot was sent with one more. */
function unstuffed(content: Buffer): Buffer {
  return Buffer.from(content.toString('latin1').replace(/^\.\./gm, '.'), 'latin1')
}
