/** How customers of the shop ask, and what answers may hold as far as they look. */
import type { Desk, Told as ToldOf } from '../client.ts'
import type { Stage } from '../stage.ts'

export interface Body {
  readonly code?: string
  readonly retry_after?: number
  readonly access_token?: string
  readonly invoice?: string
  readonly status?: string
  readonly subtotal?: string
  readonly voucher_discount?: string
  readonly fee?: string
  readonly total?: string
  readonly amount?: string
  readonly items?: readonly Item[]
  readonly payment?: { readonly status?: string } | null
  readonly id?: string | number
  readonly added?: number
  readonly account_balance?: string
  readonly codes?: readonly string[]
  readonly broadcast_id?: number
}

interface Item {
  readonly product_id?: number
  readonly quantity?: number
  readonly contents?: readonly string[]
  readonly invoice?: string
  readonly status?: string
}

export type Told = ToldOf<Body>

/** People sign in by Telegram. */
export function shopDesk({ origin, telegram }: Stage): Desk<number, Body> {
  return {
    root: `${origin}/quickcart/v1`,
    // Of the gateway's the shop says itself that nothing was sold.
    definite: new Set(['gateway_unavailable', 'gateway_fee_mismatch']),
    async authorize(person, call) {
      const body = { init_data: telegram.initData(person) }
      const told = await call('/auth/telegram', { method: 'POST', body })
      const { access_token: token } = told.body
      return token === undefined ? told : `Bearer ${token}`
    },
  }
}
