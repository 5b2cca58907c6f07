/** Greeting and onboarding (QuickCart, UC 1): name, WhatsApp, e-mail, each of which may be skipped. */
import { isDomainError } from '../../../kernel/errors.ts'
import { profileOf, updateProfile } from '../accounts/profile.ts'
import { productIdsInStock } from '../catalog/browse.ts'
import { shopStats } from '../shop/stats.ts'
import { html } from '../telegram/html.ts'
import type { Message } from '../telegram/message.ts'
import {
  mainMenu,
  onboardingCorrection,
  onboardingQuestion,
  type ProfileField,
} from '../telegram/messages/account.ts'
import { problemText } from '../telegram/messages/problems.ts'
import { type ButtonHandler, type CommandHandler, STALE, type TextHandler } from './handlers.ts'
import { mainKeyboard } from './keyboards.ts'
import { profileFields } from './profile-fields.ts'
import type { Turn } from './turn.ts'

const next: Readonly<Record<ProfileField, ProfileField | undefined>> = {
  name: 'whatsapp',
  whatsapp: 'email',
  email: undefined,
}

/** The first thing anybody sees: questions for who is new, the menu for everybody else. */
export async function start(turn: Turn, isNew: boolean): Promise<void> {
  const sticker = turn.store.settings.get('welcome_sticker_file_id')
  if (sticker !== null) turn.call('sendSticker', { sticker })
  // Who became an admin before ever writing to the bot had no chat yet for the menu.
  if (turn.user.role === 'admin') turn.call('setMyCommands', { kind: 'command_menu' })
  if (isNew) return ask(turn, 'name')
  turn.forget()
  await greet(turn)
}

export const startCommands: readonly CommandHandler[] = [
  { command: 'start', description: 'menu utama', run: (turn) => start(turn, false) },
  { command: 'skip', description: 'lewati pertanyaan ini', run: (turn) => skip(turn) },
  {
    command: 'cancel',
    description: 'keluar dari langkah ini',
    async run(turn) {
      turn.forget()
      turn.say(await menu(turn))
    },
  },
]

export const startButtons: readonly ButtonHandler[] = [
  {
    pattern: /^menu:main$/,
    async run(turn) {
      turn.answerPress()
      turn.forget()
      turn.show(await menu(turn))
    },
  },
  {
    pattern: /^onboarding:skip$/,
    async run(turn) {
      if (questionOf(turn) === undefined) return turn.answerPress(STALE)
      turn.answerPress()
      await skip(turn)
    },
  },
]

export const onboardingText: TextHandler = async (turn, given) => {
  const field = questionOf(turn)
  if (field === undefined) return false
  const text = given.trim()
  if (!profileFields[field].accepts(text)) {
    turn.say(onboardingCorrection(field))
    return true
  }
  try {
    await updateProfile(turn.store, turn.caller, turn.user.id, profileFields[field].patch(text))
    await proceed(turn, field)
  } catch (error) {
    if (!isDomainError(error)) throw error
    turn.say({ text: problemText(error) })
    turn.say(onboardingQuestion(field))
  }
  return true
}

/** Outside the questions there is nothing to skip; the menu is an answer too. */
async function skip(turn: Turn): Promise<void> {
  const field = questionOf(turn)
  if (field === undefined) return turn.say(await menu(turn))
  await proceed(turn, field)
}

async function proceed(turn: Turn, answered: ProfileField): Promise<void> {
  const following = next[answered]
  if (following !== undefined) return ask(turn, following)
  turn.forget()
  await greet(turn)
}

function ask(turn: Turn, field: ProfileField): void {
  turn.remember({ flow: 'onboarding', state: field, context: {} })
  turn.say(onboardingQuestion(field))
}

function questionOf({ session }: Turn): ProfileField | undefined {
  const { state } = session ?? { state: undefined }
  return session?.flow === 'onboarding' && (state === 'name' || state === 'whatsapp' || state === 'email')
    ? state
    : undefined
}

/** A message carries one keyboard: the first sets the one below the input field, the second has the menu. */
async function greet(turn: Turn): Promise<void> {
  const ids = await productIdsInStock(turn.store)
  turn.say({ text: html`Pilih dari tombol di bawah, atau ketik nomor produk.`, keyboard: mainKeyboard(ids) })
  turn.say(await menu(turn))
}

async function menu({ store, user }: Turn): Promise<Message> {
  // The name is asked again: the first onboarding question may just have changed it.
  const [{ name }, stats] = await Promise.all([profileOf(store, user.id), shopStats(store)])
  return mainMenu({
    name,
    ...stats,
    storeName: store.settings.get('store_name'),
    documentationUrl: store.settings.get('documentation_url'),
  })
}
