/** What mails say: Indonesian first, then the same in English. */
import type { OtpPurpose } from '../accounts/account-rules.ts'

export type MailTemplate = OtpPurpose

interface Facts {
  readonly name: string
  readonly code: string
  readonly seconds: number
}

const SUBJECTS: Readonly<Record<MailTemplate, string>> = {
  VERIFY_EMAIL: 'Kode konfirmasi e-mail / Confirm your e-mail',
  LOGIN: 'Kode masuk / Sign-in code',
  PASSWORD_RESET: 'Kode ganti kata sandi / Password reset code',
  PAYOUT: 'Kode penarikan dana / Withdrawal code',
}

const PURPOSES: Readonly<Record<MailTemplate, { readonly id: string; readonly en: string }>> = {
  VERIFY_EMAIL: { id: 'mengonfirmasi alamat e-mail Anda', en: 'confirm your e-mail address' },
  LOGIN: { id: 'masuk', en: 'sign in' },
  PASSWORD_RESET: { id: 'mengganti kata sandi', en: 'choose a new password' },
  PAYOUT: { id: 'menarik dana', en: 'withdraw money' },
}

export function isMailTemplate(text: string): text is MailTemplate {
  return Object.hasOwn(SUBJECTS, text)
}

export function writeMail(
  template: MailTemplate,
  { name, code, seconds }: Facts,
): { readonly subject: string; readonly text: string } {
  const { id, en } = PURPOSES[template]
  const minutes = Math.max(1, Math.round(seconds / 60))
  return {
    subject: SUBJECTS[template],
    text: `Halo ${name},

kode Anda untuk ${id}: ${code}
Berlaku ${minutes} menit. Jangan berikan kepada siapa pun, juga bukan kepada staf kami.
Bukan Anda yang meminta? Abaikan saja e-mail ini.

Your code to ${en}: ${code}
It is valid for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. Give it to nobody, not even to our staff.
You did not ask for it? Then ignore this mail.
`,
  }
}
