import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'

export interface BankAccountView {
  readonly id: number
  readonly channel: number
  readonly channelCode: string
  /** Null for one that was imported without its number: it cannot be paid out to. */
  readonly last4: string | null
  readonly holderName: string | null
}

const columns = sql.raw(`a.id, a.channel, c.code as "channelCode", a.account_last4 as last4,
  a.account_holder_name as "holderName"`)

/** At most ten. */
export async function selectBankAccounts(db: Db, username: string): Promise<BankAccountView[]> {
  return await db.many<BankAccountView>(sql`
    select ${columns} from bank_account a join bank_channel c on c.id = a.channel
    where a.username = ${username} and a.active order by a.id`)
}

export async function nextBankAccountId(tx: Tx): Promise<number> {
  const { id } = await tx.one<{ id: number }>(sql`select next_bank_account_id() as id`)
  return id
}
