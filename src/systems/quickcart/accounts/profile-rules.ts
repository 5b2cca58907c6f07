/** What a profile may hold (QuickCart, UC 1). */
import type { FieldProblem } from '../../../platform/http/validation.ts'
import type { ProfilePatch } from './user.queries.ts'

const NAME_MAX = 100
const EMAIL_MAX = 255
const WHATSAPP = /^\+?[0-9]{8,18}$/
/** RFC 5322's dot-atom form: what mail providers hand out. */
const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/

export function isName(text: string): boolean {
  const { length } = [...text]
  return length >= 1 && length <= NAME_MAX && !text.includes('\0')
}

export function isEmail(text: string): boolean {
  return text.length <= EMAIL_MAX && EMAIL.test(text)
}

export function isWhatsappNumber(text: string): boolean {
  return WHATSAPP.test(text)
}

/** Every field that breaks its rule; empty where all are fine. */
export function profileProblems({ name, email, whatsappNumber }: ProfilePatch): readonly FieldProblem[] {
  return [
    ...(name !== undefined && !isName(name)
      ? [{ field: 'name', reason: 'must have 1 to 100 characters' }]
      : []),
    ...(typeof email === 'string' && !isEmail(email)
      ? [{ field: 'email', reason: 'must be an e-mail address' }]
      : []),
    ...(typeof whatsappNumber === 'string' && !isWhatsappNumber(whatsappNumber)
      ? [{ field: 'whatsapp_number', reason: 'must be 8 to 18 digits, with or without a leading +' }]
      : []),
  ]
}
