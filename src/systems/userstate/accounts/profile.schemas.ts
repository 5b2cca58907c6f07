/** Profiles as the API reads and writes them. */
import { type Static, Type } from 'typebox'
import { Instant, nullable, strictObject } from '../../../platform/http/schemas.ts'
import { Points, Rupiah } from '../wallet/amounts.ts'
import { EmailInput, NameInput, PasswordInput, ProfileInputs } from './account-rules.ts'
import type { ProfileView } from './profile.queries.ts'

export const ProfileBody = strictObject({
  ...ProfileInputs,
  email: Type.Optional(EmailInput),
  password: Type.Optional(PasswordInput),
  first_name: Type.Optional(NameInput),
  last_name: Type.Optional(NameInput),
  marketing_opt_in: Type.Optional(Type.Boolean()),
  otp_login: Type.Optional(Type.Boolean()),
})

const text = nullable(Type.String())

export const ProfileAnswer = Type.Object({
  username: Type.String(),
  email: Type.String(),
  email_verified: Type.Boolean(),
  first_name: Type.String(),
  last_name: Type.String(),
  profile_img: text,
  gender: text,
  date_of_birth: text,
  phone_number: text,
  agent: text,
  agent_id: text,
  referral_code: text,
  referral_applied_status: text,
  marketing_opt_in: Type.Boolean(),
  otp_login: Type.Boolean(),
  disabled: Type.Boolean(),
  balance: Rupiah,
  onapps_point: Points,
  created_at: Instant,
})

export function toProfileAnswer(profile: ProfileView): Static<typeof ProfileAnswer> {
  const { balance, email_verified_at: verified, ...rest } = profile
  return { ...rest, balance: String(balance), email_verified: verified !== null }
}
