import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

export interface WalletView {
  /** Rupiah. */
  readonly balance: number
  readonly inTransaction: number
  /** "50", "12.5" */
  readonly points: string
  readonly pointsHeld: string
}

/** What somebody has and what of it is held (UserState, U11). Whoever never had anything has nothing. */
export async function readWallet({ db }: Store, username: string): Promise<WalletView> {
  return await db.one<WalletView>(sql`
    select coalesce(b.balance, 0) as balance, coalesce(b.in_transaction, 0) as "inTransaction",
      coalesce(b.onapps_point, '0') as points,
      coalesce(trim_scale(ledger.decimal(a.held, 'PTS')), 0)::text as "pointsHeld"
    from user_login l
    left join user_balance b on b.username = l.username
    left join ledger.account a on a.name = 'points:' || l.username
    where l.username = ${username}`)
}
