/** The tables of userstate. Generated from its catalog by `npm run generate`: never edit. */
import type { Uuid } from '../../../../kernel/ids.ts'
import type { Decimal } from '../../../../kernel/money.ts'

export type MarketingCampaignStatus = 'DRAFT' | 'SCHEDULED' | 'SENDING' | 'SENT' | 'CANCELLED'

export type PayoutStatus = 'QUEUED' | 'ACCEPTED' | 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'REVERSED'

export type PushMessageStatus = 'QUEUED' | 'SENT' | 'FAILED' | 'SKIPPED'

export type ReferralHistoryStatus = 'PENDING' | 'COMPLETED' | 'EXPIRED'

export type UserRoleRole = 'admin' | 'finance' | 'support' | 'marketing'

export type UserTransactionStatus = 'PENDING' | 'PAID' | 'EXPIRED' | 'CANCELLED' | 'FAILED'

export type VoucherKind = 'BALANCE' | 'POINTS' | 'DISCOUNT_FIXED' | 'DISCOUNT_PERCENT'

export type VoucherRedemptionStatus = 'RESERVED' | 'REDEEMED' | 'CANCELLED'

export type EnumPointMutationStatus = 'PENDING' | 'COMPLETE'

export type EnumPointMutationType = 'EARN' | 'REDEEM'

export interface AddressListRow {
  address_id: bigint
  recipient: string
  phone: string
  category: string | null
  address_input: string
  province: string
  district: string
  city: string
  urban: string
  post_id: string
  osas_log_id: number
  username: string
  primary_address: boolean
  address: unknown
  created_at: Date
  updated_at: Date
}

export interface ApiKeyRow {
  key: string
  holder: string
  created_at: Date
  updated_at: Date
  prefix: string | null
  scopes: string[]
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}

export interface AppSettingRow {
  key: string
  value: unknown
  description: string | null
  updated_by: string | null
  updated_at: Date
}

export interface BankAccountRow {
  id: number
  username: string
  channel: number
  account_number_enc: Buffer | null
  account_number_hash: string | null
  account_last4: string | null
  account_holder_name: string | null
  active: boolean
}

export interface BankChannelRow {
  id: number
  code: string
  type: string
  currency: string
  description: string | null
  alias: string | null
  active: boolean
  xendit_code: string | null
}

export interface CounterRow {
  type: string
  counter: number
  month: number
}

export interface DeactivateReasonRow {
  id: number
  username: string
  reason: string
  created_at: Date
  updated_at: Date
  reactivated_at: Date | null
  reactivated_by: string | null
}

export interface FcmRow {
  fcm_id: string
  enabled: boolean
  username: string | null
  created_at: Date
  updated_at: Date
  platform: string | null
  last_seen_at: Date | null
  disabled_reason: string | null
}

export interface MarketingCampaignRow {
  id: bigint
  name: string
  telp: string
  message: string
  audience: unknown
  push: boolean
  status: MarketingCampaignStatus
  scheduled_at: Date | null
  recipients: number
  created_by: string
  created_at: Date
  updated_at: Date
}

export interface MarketingOfferRow {
  msg_id: number
  username: string
  name: string
  telp: string
  message: string
  created_at: Date
  updated_at: Date
  campaign_id: bigint | null
  read_at: Date | null
}

export interface OtpTrackerRow {
  id: number
  username: string
  otp: string
  created_at: Date
  updated_at: Date
  purpose: string
  attempts: number
  expires_at: Date
  consumed_at: Date | null
  ip: string | null
}

export interface PaymentTypesRow {
  id: number
  name: string
  status: boolean
  created_at: Date
  updated_at: Date
  xendit_methods: string[]
}

export interface PayoutRow {
  id: bigint
  username: string
  transaction_id: bigint
  bank_account_id: number
  reference_id: string
  xendit_payout_id: string | null
  channel_code: string
  account_last4: string
  account_holder_name: string
  amount: number
  fee: number
  status: PayoutStatus
  failure_code: string | null
  estimated_arrival_time: Date | null
  attempts: number
  fee_hold_id: Uuid | null
  completed_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface PgStatUserIndexesRow {
  relid: number | null
  indexrelid: number | null
  schemaname: string | null
  relname: string | null
  indexrelname: string | null
  idx_scan: bigint | null
  last_idx_scan: Date | null
  idx_tup_read: bigint | null
  idx_tup_fetch: bigint | null
  tablename: string | null
  indexname: string | null
}

export interface PointMutationRow {
  id: number
  username: string
  type: EnumPointMutationType
  amount: Decimal
  reference_number: string
  src: string
  status: EnumPointMutationStatus
  account_name: string | null
  created_at: Date
  updated_at: Date
  available_at: Date | null
  hold_id: Uuid | null
  transfer_id: Uuid | null
}

export interface PushMessageRow {
  id: bigint
  username: string | null
  fcm_id: string
  title: string
  body: string
  data: unknown
  dedupe_key: string
  status: PushMessageStatus
  fcm_message_name: string | null
  error_code: string | null
  attempts: number
  created_at: Date
  updated_at: Date
}

export interface ReferralHistoryRow {
  id: number
  username: string
  referral_code: string
  submitted_by: string
  status: ReferralHistoryStatus
  created_at: Date
  updated_at: Date
  expires_at: Date | null
  qualified_transaction_id: bigint | null
}

export interface UserBalanceRow {
  username: string
  balance: number
  onapps_point: string | null
  in_transaction: number
  updated_at: Date
}

export interface UserInfoRow {
  id: number
  username: string
  email: string
  first_name: string
  last_name: string
  profile_img: string | null
  gender: string | null
  date_of_birth: string | null
  phone_number: string | null
  agent: string | null
  agent_id: string | null
  referral_code: string | null
  referral_applied_status: string | null
  created_at: Date
  updated_at: Date
  email_verified_at: Date | null
  marketing_opt_in: boolean
  erased_at: Date | null
}

export interface UserLoginRow {
  username: string
  pwd: string
  disabled: boolean
  token: string | null
  created_at: Date
  updated_at: Date
  token_expires_at: Date | null
  otp_login: boolean
}

export interface UserRoleRow {
  username: string
  role: UserRoleRole
  granted_by: string | null
  created_at: Date
}

export interface UserTransactionRow {
  id: bigint
  username: string
  type: string
  amount: number
  xendit_invoice: string | null
  invoice: string
  status: UserTransactionStatus
  src: string | null
  xendit_url: string | null
  invoice_onmarket: string | null
  expired_at: Date | null
  freight_charge: number | null
  insurance_amount: number | null
  onbooking_code: string | null
  amount_2: string | null
  commission_onmarket: number | null
  created_at: Date
  updated_at: Date
  payment_type_id: number | null
  payee: string | null
  parent_id: bigint | null
  description: string | null
  platform: string | null
  gateway_error: string | null
  paid_at: Date | null
  hold_id: Uuid | null
  transfer_id: Uuid | null
  cancel_asked_at: Date | null
}

export interface VoucherRow {
  code: string
  kind: VoucherKind
  value: number
  max_discount: number | null
  min_amount: number
  quota: number | null
  redeemed_count: number
  per_user_limit: number
  payee: string | null
  is_onapps: boolean
  active: boolean
  starts_at: Date | null
  ends_at: Date | null
  created_by: string | null
  created_at: Date
  updated_at: Date
}

export interface VoucherRedemptionRow {
  id: number
  username: string
  code: string
  status: VoucherRedemptionStatus
  is_onapps: boolean | null
  created_at: Date
  updated_at: Date
  transaction_id: bigint | null
  value: number | null
}

export interface XenditCheckoutLogsRow {
  _id: string
  doc: unknown
  created_at: Date
}

export interface XenditPayoutLogsRow {
  _id: string
  doc: unknown
  created_at: Date
}

export const marketingCampaignStatusLifecycle = {
  DRAFT: ['SCHEDULED', 'SENDING', 'CANCELLED'],
  SENDING: ['SENT', 'CANCELLED'],
  SCHEDULED: ['SENDING', 'DRAFT', 'CANCELLED'],
  CANCELLED: [],
  SENT: [],
} as const

export const payoutStatusLifecycle = {
  QUEUED: ['ACCEPTED', 'PENDING', 'SUCCEEDED', 'FAILED', 'CANCELLED'],
  PENDING: ['SUCCEEDED', 'FAILED', 'CANCELLED'],
  ACCEPTED: ['PENDING', 'SUCCEEDED', 'FAILED', 'CANCELLED'],
  SUCCEEDED: ['REVERSED'],
  FAILED: [],
  CANCELLED: [],
  REVERSED: [],
} as const

export const pointMutationStatusLifecycle = {
  PENDING: ['COMPLETE'],
  COMPLETE: [],
} as const

export const pushMessageStatusLifecycle = {
  QUEUED: ['SENT', 'FAILED', 'SKIPPED'],
  SENT: [],
  FAILED: [],
  SKIPPED: [],
} as const

export const referralHistoryStatusLifecycle = {
  PENDING: ['COMPLETED', 'EXPIRED'],
  COMPLETED: [],
  EXPIRED: [],
} as const

export const userInfoReferralAppliedStatusLifecycle = {
  '': ['PENDING'],
  PENDING: ['COMPLETED', 'EXPIRED'],
  COMPLETED: [],
  EXPIRED: [],
} as const

export const userTransactionStatusLifecycle = {
  PENDING: ['PAID', 'EXPIRED', 'CANCELLED', 'FAILED'],
  FAILED: ['PAID'],
  EXPIRED: ['PAID'],
  CANCELLED: ['PAID'],
  PAID: [],
} as const

export const voucherRedemptionStatusLifecycle = {
  RESERVED: ['REDEEMED', 'CANCELLED'],
  REDEEMED: [],
  CANCELLED: [],
} as const
