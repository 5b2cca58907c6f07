/** The tables of db_store1. Generated from its catalog by `npm run generate`: never edit. */
import type { Uuid } from '../../../../kernel/ids.ts'
import type { Decimal } from '../../../../kernel/money.ts'

export type BroadcastsKind = 'message' | 'giveaway'

export type BroadcastsStatus = 'draft' | 'sending' | 'done' | 'cancelled'

export type DepositsStatus = 'pending' | 'paid' | 'expired' | 'cancelled'

export type OrdersPaymentMethod = 'qris' | 'account_balance'

export type OrdersStatus = 'pending' | 'paid' | 'expired' | 'cancelled'

export type PaymentsSettledAs = 'order' | 'deposit' | 'late_credit'

export type PaymentsStatus = 'creating' | 'awaiting' | 'completed' | 'expired' | 'cancelled' | 'failed' | 'late_completed'

export type PriceDiscountsKind = 'percent' | 'nominal'

export type PriceDiscountsScope = 'product' | 'category'

export type PrivacyRequestsKind = 'export' | 'erasure'

export type PrivacyRequestsStatus = 'requested' | 'processing' | 'done' | 'rejected'

export type RefundsStatus = 'requested' | 'paid' | 'rejected'

export type SupportMessagesDirection = 'to_admin' | 'to_user'

export type TelegramOutboxStatus = 'queued' | 'sending' | 'sent' | 'failed'

export type UsersMemberStatus = 'customer' | 'reseller' | 'admin'

export interface AuditAnchorsRow {
  audit_id: bigint
  row_hash: string
  row_count: bigint
  anchored_at: Date
}

export interface BroadcastsRow {
  id: bigint
  kind: BroadcastsKind
  body: string
  created_by: bigint
  status: BroadcastsStatus
  total_count: number
  sent_count: number
  failed_count: number
  created_at: Date
  updated_at: Date
}

export interface DepositsRow {
  id: bigint
  invoice_id: string
  user_id: bigint
  amount: Decimal
  payment_fee: Decimal
  total_bill: Decimal
  status: DepositsStatus
  created_at: Date
  updated_at: Date
}

export interface NotificationGroupsRow {
  chat_id: bigint
  title: string | null
  added_by: bigint
  created_at: Date
}

export interface OrderItemsRow {
  id: number
  order_id: number
  product_id: number
  stock_id: Uuid
  price_per_unit: Decimal
  released_at: Date | null
}

export interface OrdersRow {
  id: number
  invoice_id: string
  user_id: bigint
  subtotal: Decimal
  voucher_discount: Decimal
  payment_fee: Decimal
  total_bill: Decimal
  payment_method: OrdersPaymentMethod
  status: OrdersStatus
  created_at: Date
  updated_at: Date
}

export interface PaymentsRow {
  id: bigint
  invoice_id: string
  order_id: number | null
  deposit_id: bigint | null
  user_id: bigint
  gateway: string
  amount: Decimal
  fee: Decimal
  total_payment: Decimal
  status: PaymentsStatus
  settled_as: PaymentsSettledAs | null
  qr_string: string | null
  checkout_url: string | null
  expires_at: Date
  gateway_expires_at: Date | null
  completed_at: Date | null
  last_checked_at: Date | null
  last_error: string | null
  chat_id: bigint | null
  message_id: bigint | null
  created_at: Date
  updated_at: Date
}

export interface PriceDiscountsRow {
  id: bigint
  scope: PriceDiscountsScope
  product_id: number | null
  category: string | null
  kind: PriceDiscountsKind
  value: Decimal
  is_active: boolean
  created_by: bigint
  created_at: Date
  updated_at: Date
}

export interface PrivacyRequestsRow {
  id: bigint
  user_id: bigint | null
  kind: PrivacyRequestsKind
  status: PrivacyRequestsStatus
  forfeited_amount: Decimal
  export_file: unknown | null
  requested_at: Date
  completed_at: Date | null
  download_until: Date | null
  error: string | null
}

export interface ProductStocksRow {
  id: Uuid
  product_id: number
  content: string
  order_id: number | null
  is_sold: boolean
  created_at: Date
  updated_at: Date
  removed_at: Date | null
}

export interface ProductsRow {
  id: number
  name: string
  description: string | null
  category: string
  customer_price: Decimal
  reseller_price: Decimal | null
  sold_count: number
  is_active: boolean
  created_at: Date
  updated_at: Date
}

export interface RefundsRow {
  id: bigint
  order_id: number
  user_id: bigint
  base_amount: Decimal
  days_used: number
  claims_count: number
  multiplier: Decimal
  amount: Decimal
  formula: unknown
  status: RefundsStatus
  decided_by: bigint | null
  reason: string | null
  created_at: Date
  updated_at: Date
}

export interface SettingsRow {
  key: string
  value: unknown
  updated_by: bigint | null
  updated_at: Date
}

export interface SupportMessagesRow {
  id: bigint
  user_id: bigint
  direction: SupportMessagesDirection
  admin_id: bigint | null
  body: string
  photo_file_id: string | null
  in_reply_to: bigint | null
  created_at: Date
}

export interface TelegramOutboxRow {
  id: bigint
  chat_id: bigint
  method: string
  payload: unknown
  ref_type: string | null
  ref_id: string | null
  dedupe_key: string | null
  priority: number
  status: TelegramOutboxStatus
  attempts: number
  next_attempt_at: Date
  message_id: bigint | null
  error: string | null
  created_at: Date
  sent_at: Date | null
}

export interface UsersRow {
  id: bigint
  name: string
  username: string | null
  email: string | null
  whatsapp_number: string | null
  member_status: UsersMemberStatus
  bank_id: string
  account_balance: Decimal
  is_banned: boolean
  created_at: Date
  updated_at: Date
  blocked_bot_at: Date | null
  erased_at: Date | null
  erased_as: bigint | null
}

export interface VoucherUsageCooldownRow {
  id: number
  user_id: bigint
  last_voucher_used: Date
  expires_at: Date
}

export interface VouchersRow {
  id: number
  code: string
  amount: Decimal
  created_by: bigint
  is_used: boolean
  used_by: bigint | null
  used_at: Date | null
  order_id: number | null
  expires_at: Date
  created_at: Date
}

export interface WarrantyClaimsRow {
  id: bigint
  order_item_id: number
  note: string | null
  recorded_by: bigint
  created_at: Date
}

export const broadcastsStatusLifecycle = {
  draft: ['sending', 'cancelled'],
  sending: ['done', 'cancelled'],
  cancelled: [],
  done: [],
} as const

export const depositsStatusLifecycle = {
  pending: ['paid', 'expired', 'cancelled'],
  paid: [],
  expired: [],
  cancelled: [],
} as const

export const ordersStatusLifecycle = {
  pending: ['paid', 'expired', 'cancelled'],
  paid: [],
  expired: [],
  cancelled: [],
} as const

export const paymentsStatusLifecycle = {
  creating: ['awaiting', 'failed', 'completed', 'expired', 'cancelled'],
  failed: ['late_completed'],
  expired: ['late_completed'],
  awaiting: ['completed', 'expired', 'cancelled'],
  cancelled: ['late_completed'],
  late_completed: [],
  completed: [],
} as const

export const privacyRequestsStatusLifecycle = {
  requested: ['processing', 'rejected'],
  processing: ['done'],
  rejected: [],
  done: [],
} as const

export const refundsStatusLifecycle = {
  requested: ['paid', 'rejected'],
  paid: [],
  rejected: [],
} as const

export const telegramOutboxStatusLifecycle = {
  queued: ['sending', 'failed'],
  sending: ['sent', 'queued', 'failed'],
  failed: [],
  sent: [],
} as const

export const usersMemberStatusLifecycle = {
  customer: ['reseller', 'admin'],
  admin: ['customer'],
  reseller: ['customer', 'admin'],
} as const
