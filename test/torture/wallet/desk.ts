/** How people, services and staff ask the wallet, and what answers may hold as far as they look. */
import type { Desk, Told as ToldOf } from '../client.ts'
import type { Stage } from '../stage.ts'

export interface Body {
  readonly code?: string
  readonly access_token?: string
  readonly id?: string | number
  readonly username?: string
  readonly transaction_id?: string
  readonly reference_id?: string
  readonly status?: string
  readonly amount?: string
  readonly fee?: string
  readonly invoice?: string
  readonly xendit_url?: string | null
  readonly balance?: string
  readonly in_transaction?: string
  readonly apikey?: string
  readonly value?: number | null
  readonly mutation?: { readonly id?: number }
  readonly transaction?: { readonly id?: string; readonly balance?: string }
  readonly gateway?: { readonly difference?: string | null }
  readonly unbacked?: { readonly items?: readonly unknown[] }
  readonly ledger?: { readonly violations?: readonly unknown[] } | null
}

export type Told = ToldOf<Body>

export const PASSWORD = 'benar-Kuda-7-baterai'
/** An admin who is finance too. */
export const STAFF = 'kepala'

/** Services by their keys, everybody else by password. */
export function walletDesk(
  { origin }: Stage,
  /** The secret of each service, by its holder. */
  services: ReadonlyMap<string, string>,
): Desk<string, Body> {
  return {
    root: `${origin}/userstate/v1`,
    definite: new Set(['gateway_rejected']),
    async authorize(who, call) {
      const secret = services.get(who)
      if (secret !== undefined) return `Basic ${Buffer.from(`${who}:${secret}`).toString('base64')}`
      const body = { login: who, password: PASSWORD }
      const told = await call('/auth/login', { method: 'POST', body })
      const { access_token: token } = told.body
      return token === undefined ? told : `Bearer ${token}`
    },
  }
}
