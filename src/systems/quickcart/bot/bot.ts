/** The conversation's switchboard: who an update comes from, what it asks for, and who takes care of it. */
import { Bot, type Context } from 'grammy'
import type { Update, User, UserFromGetMe } from 'grammy/types'
import { systemCaller } from '../../../kernel/caller.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { toProfile } from '../accounts/profile.ts'
import { registerContact } from '../accounts/register-contact.ts'
import { selectUser } from '../accounts/user.queries.ts'
import { userId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { textPayload } from '../telegram/message.ts'
import { erased } from '../telegram/messages/privacy.ts'
import { problemText } from '../telegram/messages/problems.ts'
import { storeAnswers } from './answers.queries.ts'
import { buttons } from './buttons.ts'
import { hearGroup, joinOrLeave } from './groups.ts'
import { STALE } from './handlers.ts'
import { hearMessage } from './messages.ts'
import { decisionButtons } from './refund-admin.ts'
import { loadSession } from './session.ts'
import { start } from './start.ts'
import { type Press, Turn } from './turn.ts'

export interface ShopBot {
  /** Handles one update; again, nothing more happens. @throws what is worth another try */
  handle(update: Update): Promise<void>
}

interface ShopContext extends Context {
  turn: Turn
}

type Registered = ReturnType<typeof registerContact>

const START = /^\/start\b/i
const NOTICE_SECONDS = 86_400

/** Private chats are served; in groups the staff: replies to customers, buttons that decide (QuickCart, §7.1). */
export function createBot(store: Store): ShopBot {
  const bot = new Bot<ShopContext>(store.config.telegram.token, { botInfo: botInfo(store) })
  const people = bot.chatType('private')
  people.on('my_chat_member', async (ctx, next) => {
    if (ctx.myChatMember.new_chat_member.status !== 'kicked') return await next()
    await noteBlocked(store, BigInt(ctx.chat.id))
  })
  const talk = people.on(['message', 'callback_query:data', 'my_chat_member'])
  talk.use(async (ctx, next) => {
    const opened = await openTurn(store, ctx)
    if (!opened) return
    ctx.turn = opened.turn
    await respond(opened, next)
  })
  for (const { pattern, run } of buttons) {
    talk.callbackQuery(pattern, async (ctx) => {
      ctx.turn.leaveQuestion()
      await run(ctx.turn, groupsOf(ctx.match))
    })
  }
  talk.on('callback_query', (ctx) => ctx.turn.answerPress(STALE))
  talk.on('message', async (ctx) => await hearMessage(ctx.turn, ctx.message))
  const groups = bot.chatType(['group', 'supergroup'])
  groups.on('message', async (ctx) => await hearGroup(store, ctx.update.update_id, ctx.message))
  groups.on('my_chat_member', async (ctx) => await joinOrLeave(store, ctx.update.update_id, ctx.myChatMember))
  for (const { pattern, run } of decisionButtons) {
    groups.callbackQuery(pattern, async (ctx) => {
      const turn = await openGroupTurn(store, ctx)
      if (turn) await respond({ turn, isNew: false }, async () => await run(turn, groupsOf(ctx.match)))
    })
  }
  return {
    async handle(update) {
      try {
        await bot.handleUpdate(update)
      } catch (error) {
        // grammY wraps what a handler threw together with the whole context: neither is for the log.
        throw error instanceof Error && 'error' in error ? error.error : error
      }
    },
  }
}

interface OpenedTurn {
  readonly turn: Turn
  readonly isNew: boolean
}

/** Undefined where nothing is left to do: the update was handled before. */
async function openTurn(store: Store, ctx: ShopContext): Promise<OpenedTurn | undefined> {
  const { from, callbackQuery: query, message } = ctx
  if (!from || from.is_bot) return undefined
  const id = userId(from.id)
  const contact = await contactOf(store, ctx, from)
  if (!contact) return undefined
  const { user, isNew } = contact
  const session = await loadSession(store, id)
  const updateId = ctx.update.update_id
  if (session?.update_id === updateId) return undefined
  const press: Press | undefined = query && { id: query.id, messageId: query.message?.message_id }
  return { turn: new Turn({ store, updateId, user, session, press, messageId: message?.message_id }), isNew }
}

/** Undefined where an erased person pressed or wrote something else than /start: that is not a wish to be known again. */
async function contactOf(
  store: Store,
  ctx: ShopContext,
  from: User,
): Promise<Awaited<Registered> | undefined> {
  const id = userId(from.id)
  const isIntroduction = START.test(ctx.message?.text ?? '')
  try {
    return await registerContact(store, {
      id,
      firstName: from.first_name,
      username: from.username,
      isIntroduction,
    })
  } catch (error) {
    if (!isDomainError(error, 'user_not_found')) throw error
    if (ctx.callbackQuery) await ctx.answerCallbackQuery(STALE).catch(() => undefined)
    if (ctx.message) await sayErased(store, id, ctx.update.update_id)
    return undefined
  }
}

async function sayErased(store: Store, chatId: bigint, updateId: number): Promise<void> {
  const answers = [{ method: 'sendMessage', payload: textPayload(erased()) }] as const
  await inTransaction(store.db, systemCaller, (tx) => storeAnswers(tx, { chatId, updateId, answers }))
}

/**
 * Of somebody the shop knows: a group is full of strangers, and pressing a button there is no first contact. What is
 * said is said in their own chat.
 */
async function openGroupTurn(store: Store, ctx: ShopContext): Promise<Turn | undefined> {
  const { from, callbackQuery: query } = ctx
  const row = from && (await selectUser(store.db, userId(from.id)))
  if (!query || !row || row.erased_at !== null) return undefined
  return new Turn({
    store,
    updateId: ctx.update.update_id,
    user: toProfile(row),
    session: undefined,
    press: { id: query.id, messageId: undefined },
    messageId: undefined,
  })
}

/** A refusal is an answer too; anything else that goes wrong is tried again by the inbox. */
async function respond({ turn, isNew }: OpenedTurn, next: () => Promise<void>): Promise<void> {
  try {
    if (turn.user.isBanned) await sayBanned(turn)
    // Whoever writes for the first time is welcomed, whatever they wrote.
    else if (isNew) await start(turn, true)
    else await next()
  } catch (error) {
    if (!isDomainError(error)) throw error
    turn.say({ text: problemText(error) })
  }
  turn.answerPress()
  await turn.finish()
}

/** At most once a day (QuickCart, UC 19). */
async function sayBanned(turn: Turn): Promise<void> {
  const { count } = await turn.store.kv.increment(`banned:${turn.user.id}`, NOTICE_SECONDS)
  if (count === 1) turn.say({ text: problemText(fail('banned')) })
}

async function noteBlocked(store: Store, chat: bigint): Promise<void> {
  await inTransaction(store.db, systemCaller, (tx) =>
    tx.run(sql`update users set blocked_bot_at = niaga.now() where id = ${chat} and blocked_bot_at is null`),
  )
}

function groupsOf(match: string | RegExpMatchArray): readonly string[] {
  return typeof match === 'string' ? [] : match.slice(1)
}

/** grammY asks Telegram for it otherwise, and an update must be handled also while Telegram is away. */
function botInfo(store: Store): UserFromGetMe {
  return {
    id: Number(store.config.telegram.token.split(':')[0]),
    is_bot: true,
    first_name: store.identity.title,
    username: store.identity.system.replace('-', '_'),
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_guest_queries: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  }
}
