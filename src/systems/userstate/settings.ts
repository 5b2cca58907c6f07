/** What staff change while it runs (UserState, §10); functions/setting.sql carries the same defaults. */
import { Type } from 'typebox'
import type { Log } from '../../kernel/log.ts'
import { openSettings, type Settings, type SettingValues } from '../../platform/settings/settings.ts'
import type { Database } from '../../postgres/database.ts'

/** The documented columns hold no more. */
export const MOST_RUPIAH = 2_147_483_647

const count = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum })
const Rupiah = count(0, MOST_RUPIAH)
const Points = count(0, 1_000_000_000)

const schemas = {
  'otp.ttl_seconds': count(10, 86_400),
  'otp.max_attempts': count(1, 100),
  // What was asked for within an hour is looked at.
  'otp.resend_seconds': count(0, 3600),
  'otp.max_per_hour': count(1, 1000),
  'auth.login_max_failures': count(1, 1000),
  'wallet.max_balance': Rupiah,
  'topup.min': count(1, MOST_RUPIAH),
  'topup.max': count(1, MOST_RUPIAH),
  'topup.invoice_seconds': count(60, 31_536_000),
  'payment.min': count(1, MOST_RUPIAH),
  'payment.hold_minutes': count(1, 525_600),
  'payment.hold_max_minutes': count(1, 525_600),
  'payout.min': count(1, MOST_RUPIAH),
  'payout.max': count(1, MOST_RUPIAH),
  'payout.daily_max': count(1, MOST_RUPIAH),
  'payout.fee': Rupiah,
  'payout.otp_required': Type.Boolean(),
  'points.signup_bonus': Points,
  'points.earn_amount': count(1, MOST_RUPIAH),
  'points.earn_delay_days': count(0, 3650),
  'points.value': Rupiah,
  'points.min_redeem': count(1, 1_000_000_000),
  'points.service_max': count(1, 1_000_000_000),
  'referral.bonus_referrer': Points,
  'referral.bonus_referred': Points,
  'referral.apply_days': count(0, 3650),
  'referral.expire_days': count(1, 3650),
  'referral.min_amount': Rupiah,
  /** Whether who pays or tops up is mailed a receipt. */
  'mail.receipts': Type.Boolean(),
  // Answers that are kept for a repeated request are gone before.
  'privacy.erase_days': count(3, 3650),
}

const defaults = {
  'otp.ttl_seconds': 300,
  'otp.max_attempts': 5,
  'otp.resend_seconds': 60,
  'otp.max_per_hour': 5,
  'auth.login_max_failures': 10,
  'wallet.max_balance': 20_000_000,
  'topup.min': 10_000,
  'topup.max': 20_000_000,
  'topup.invoice_seconds': 86_400,
  'payment.min': 1,
  'payment.hold_minutes': 30,
  'payment.hold_max_minutes': 10_080,
  'payout.min': 10_000,
  'payout.max': 20_000_000,
  'payout.daily_max': 50_000_000,
  'payout.fee': 0,
  'payout.otp_required': true,
  'points.signup_bonus': 0,
  'points.earn_amount': 10_000,
  'points.earn_delay_days': 0,
  'points.value': 100,
  'points.min_redeem': 10,
  'points.service_max': 100_000,
  'referral.bonus_referrer': 100,
  'referral.bonus_referred': 50,
  'referral.apply_days': 30,
  'referral.expire_days': 90,
  'referral.min_amount': 0,
  'mail.receipts': true,
  'privacy.erase_days': 30,
}

export type WalletSettings = Settings<typeof schemas>

export async function openWalletSettings(database: Database, log: Log): Promise<WalletSettings> {
  return await openSettings({ database, table: 'app_setting', schemas, defaults, log })
}

/** What a schema cannot say of a value beside the others; undefined where all is well. */
export function rangeProblem(values: SettingValues<typeof schemas>): string | undefined {
  const pairs = [
    ['topup.min', 'topup.max'],
    ['payout.min', 'payout.max'],
    ['payment.hold_minutes', 'payment.hold_max_minutes'],
  ] as const
  const wrong = pairs.find(([least, most]) => values[least] > values[most])
  return wrong && `${wrong[0]} must not exceed ${wrong[1]}`
}
