/** What may be typed for a part of the profile: while onboarding (QuickCart, UC 1) and later (UC 13). */
import { isEmail, isName, isWhatsappNumber } from '../accounts/profile-rules.ts'
import type { ProfilePatch } from '../accounts/user.queries.ts'
import type { ProfileField } from '../telegram/messages/account.ts'

export interface TypedField {
  readonly accepts: (text: string) => boolean
  readonly patch: (text: string) => ProfilePatch
  /** Undefined where it cannot be without. */
  readonly cleared?: ProfilePatch
}

export const profileFields: Readonly<Record<ProfileField, TypedField>> = {
  name: { accepts: isName, patch: (name) => ({ name }) },
  whatsapp: {
    accepts: isWhatsappNumber,
    patch: (whatsappNumber) => ({ whatsappNumber }),
    cleared: { whatsappNumber: null },
  },
  email: { accepts: isEmail, patch: (email) => ({ email }), cleared: { email: null } },
}
