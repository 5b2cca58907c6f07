/**
 * One update being handled. What is said is gathered and stored as outbox rows in one piece at the end, under keys
 * made of the update's id, so that an update handled again after a crash says nothing twice. The session is written
 * after that; once it names the update, there is nothing left to do for it.
 */
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import type { TelegramMethod } from '../../../gateways/telegram/methods.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Profile } from '../accounts/profile.ts'
import type { Store } from '../store.ts'
import { type Message, textPayload } from '../telegram/message.ts'
import { type Answer, storeAnswers } from './answers.queries.ts'
import { asks, dropSession, type NextSession, type Session, saveSession } from './session.ts'

/** Telegram takes 200 characters beside a pressed button. */
const MAX_NOTICE = 200

/** A pressed button. */
export interface Press {
  readonly id: string
  /** The message below which it is; undefined where Telegram no longer knows. */
  readonly messageId: number | undefined
}

export interface TurnInput {
  readonly store: Store
  readonly updateId: number
  readonly user: Profile
  readonly session: Session | undefined
  readonly press: Press | undefined
  /** The message that was sent, where no button was pressed. */
  readonly messageId: number | undefined
}

export class Turn {
  readonly store: Store
  readonly updateId: number
  /** Of a private chat, which has its person's id. */
  readonly chatId: bigint
  readonly user: Profile
  readonly caller: Caller
  readonly session: Session | undefined
  readonly press: Press | undefined
  readonly messageId: number | undefined
  readonly #answers: Answer[] = []
  #next: NextSession | 'none' | undefined
  #pressAnswered: Promise<void> | undefined

  constructor({ store, updateId, user, session, press, messageId }: TurnInput) {
    this.store = store
    this.updateId = updateId
    this.chatId = user.id
    this.user = user
    const type = user.role === 'admin' ? 'admin' : 'user'
    this.caller = { type, id: String(user.id), correlationId: `telegram:${updateId}` }
    this.session = session
    this.press = press
    this.messageId = messageId
  }

  /** A new message. */
  say(message: Message): void {
    this.call('sendMessage', textPayload(message))
  }

  /** In place of the message whose button was pressed; a new one where none was. */
  show(message: Message): void {
    const id = this.press?.messageId
    if (id === undefined || message.keyboard) this.say(message)
    else this.call('editMessageText', { message_id: id, ...textPayload(message) })
  }

  call(method: TelegramMethod, payload: Answer['payload']): void {
    this.#answers.push({ method, payload })
  }

  /** What the next update of this person finds. */
  remember(next: NextSession): void {
    this.#next = next
  }

  /** Any button, command or key replaces what was being asked (QuickCart, §7.2): its answer is not waited for. */
  leaveQuestion(): void {
    if (this.session && asks(this.session)) this.forget()
  }

  forget(): void {
    this.#next = 'none'
  }

  /** Ends the pressed button's waiting, at once and once; what cannot be delivered there is not worth a retry. */
  answerPress(notice?: string): void {
    if (!this.press || this.#pressAnswered !== undefined) return
    const text = notice === undefined ? {} : { text: notice.slice(0, MAX_NOTICE) }
    this.#pressAnswered = this.store.telegram
      .answerCallbackQuery(this.press.id, text)
      .then(() => undefined)
      .catch((error: unknown) => {
        this.store.log.info({ failure: telegramFailure(error) }, 'a button press was not answered')
      })
  }

  async finish(): Promise<void> {
    const { store, user, updateId } = this
    if (this.#answers.length > 0) {
      await inTransaction(store.db, this.caller, (tx) =>
        storeAnswers(tx, { chatId: this.chatId, updateId, answers: this.#answers }),
      )
    }
    if (this.#next === 'none') await dropSession(store, user.id)
    else if (this.#next) await saveSession(store, user.id, updateId, this.#next)
    await this.#pressAnswered
  }
}
