/** Changing the profile (QuickCart, UC 13): one field at a time; `-` or [Kosongkan] clears what may be empty. */
import { isDomainError } from '../../../kernel/errors.ts'
import { updateProfile } from '../accounts/profile.ts'
import type { ProfilePatch } from '../accounts/user.queries.ts'
import { lines } from '../telegram/html.ts'
import {
  editCorrection,
  editQuestion,
  type ProfileField,
  profileSaved,
} from '../telegram/messages/account.ts'
import { problemText } from '../telegram/messages/problems.ts'
import { answered, type ButtonHandler, type TextHandler } from './handlers.ts'
import { profileFields } from './profile-fields.ts'
import type { Turn } from './turn.ts'

const CLEAR = '-'

export const accountEditButtons: readonly ButtonHandler[] = [
  {
    pattern: /^account:edit:(name|email|whatsapp)$/,
    run: answered(async (turn, [field]) => {
      if (!isField(field)) return
      turn.remember({ flow: 'account_edit', state: 'awaiting_value', context: { field } })
      turn.show(editQuestion(field))
    }),
  },
  {
    pattern: /^account:clear:(email|whatsapp)$/,
    run: answered(async (turn, [field]) => {
      const cleared = isField(field) ? profileFields[field].cleared : undefined
      if (cleared) await save(turn, cleared)
    }),
  },
]

/** The new value, where one was asked for. A wrong one is said, and another may be tried. */
export const profileText: TextHandler = async (turn, given) => {
  const { session } = turn
  const field = session?.flow === 'account_edit' ? session.context.field : undefined
  if (field === undefined) return false
  const { accepts, patch, cleared } = profileFields[field]
  const text = given.trim()
  const change = text !== CLEAR ? accepts(text) && patch(text) : cleared
  if (!change) {
    turn.say(editCorrection(field))
    return true
  }
  try {
    await save(turn, change)
  } catch (error) {
    if (!isDomainError(error, 'email_taken')) throw error
    const again = editQuestion(field)
    turn.say({ ...again, text: lines(problemText(error), again.text) })
  }
  return true
}

async function save(turn: Turn, change: ProfilePatch): Promise<void> {
  const profile = await updateProfile(turn.store, turn.caller, turn.user.id, change)
  turn.forget()
  turn.show(profileSaved(profile))
}

function isField(text: string | undefined): text is ProfileField {
  return text !== undefined && text in profileFields
}
