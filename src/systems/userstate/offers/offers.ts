import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { MarketingOfferRow } from '../databases/userstate/tables.ts'
import { fail } from '../errors.ts'

export type Offer = Pick<MarketingOfferRow, 'msg_id' | 'name' | 'telp' | 'message' | 'created_at' | 'read_at'>

/** Newest first; one more than asked for where there are more. */
export async function selectOffers(
  db: Db,
  username: string,
  { beforeId, limit }: { beforeId?: number; limit: number },
): Promise<Offer[]> {
  return await db.many<Offer>(sql`
    select msg_id, name, telp, message, created_at, read_at from marketing_offer
    where username = ${username} and msg_id < ${beforeId ?? 2_147_483_648}::bigint
    order by msg_id desc limit ${limit + 1}`)
}

/** The first reading counts. @throws not_found */
export async function markRead(tx: Tx, username: string, id: number): Promise<void> {
  const found = await tx.run(sql`
    update marketing_offer set read_at = coalesce(read_at, niaga.now()) where msg_id = ${id} and username = ${username}`)
  if (found === 0) throw fail('not_found')
}
