/** What identities are made of (UserState, §2 and U1). */
import { Type } from 'typebox'
import { nullable, oneOf } from '../../../platform/http/schemas.ts'
import { type FieldProblem, invalidFields } from '../../../platform/http/validation.ts'

/** Lower case is made of it before it is checked and stored. */
export const UsernameInput = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.]{2,29}$',
  examples: ['john_doe'],
})
export const EmailInput = Type.String({
  pattern: '^[^\\s@<>,;:"()\\\\]+@[^\\s@<>,;:"()\\\\]+[.][^\\s@<>,;:"()\\\\]+$',
  maxLength: 254,
  examples: ['john@example.com'],
})
/** Rules come later, so that what is too weak is told apart from what is malformed. */
export const PasswordInput = Type.String({ minLength: 1, maxLength: 1000 })
export const NameInput = Type.String({
  pattern: '^[^\\x00-\\x1f\\x7f]*\\S[^\\x00-\\x1f\\x7f]*$',
  maxLength: 100,
})
export const PhoneInput = Type.String({
  pattern: '^[+]?[0-9][0-9 ().-]{5,24}$',
  examples: ['0812-3456-7890'],
})
export const GenderInput = oneOf(['MALE', 'FEMALE', 'OTHER'])
export const BirthInput = Type.String({ format: 'date', examples: ['1990-01-31'] })
export const OtpInput = Type.String({ pattern: '^[0-9]{6}$' })
export type OtpPurpose = 'VERIFY_EMAIL' | 'LOGIN' | 'PASSWORD_RESET' | 'PAYOUT'
/** A username or an e-mail address. */
export const LoginInput = Type.String({ minLength: 1, maxLength: 255 })

export const ProfileInputs = {
  phone_number: Type.Optional(nullable(PhoneInput)),
  gender: Type.Optional(nullable(GenderInput)),
  date_of_birth: Type.Optional(nullable(BirthInput)),
}

export interface PersonalInput {
  readonly phone_number?: string | null
  readonly date_of_birth?: string | null
}

/**
 * Phone numbers as E.164, those of Indonesia from "0812…" and "62812…" too; a birth lies in the past.
 * @throws validation_failed
 */
export function readPersonal<T extends PersonalInput>(input: T, today: Date): T {
  const phone = input.phone_number ? toE164(input.phone_number) : input.phone_number
  const problems: FieldProblem[] = []
  if (phone && !/^\+[1-9][0-9]{6,14}$/.test(phone))
    problems.push({ field: 'phone_number', reason: 'is no phone number' })
  const birth = input.date_of_birth
  if (birth && !isPast(birth, today))
    problems.push({ field: 'date_of_birth', reason: 'must lie in the past' })
  if (problems.length > 0) throw invalidFields(problems)
  return phone === undefined ? input : { ...input, phone_number: phone }
}

function toE164(text: string): string {
  const digits = text.replace(/[^0-9+]/g, '')
  if (digits.startsWith('+')) return digits
  if (digits.startsWith('0')) return `+62${digits.slice(1)}`
  return digits.startsWith('62') ? `+${digits}` : `+62${digits}`
}

function isPast(birth: string, today: Date): boolean {
  const at = new Date(`${birth}T00:00:00Z`)
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(birth)
  return isDay && at < today && birth >= '1900-01-01'
}
