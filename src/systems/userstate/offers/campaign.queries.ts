import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { MarketingCampaignRow } from '../databases/userstate/tables.ts'
import { fail } from '../errors.ts'

export type Audience =
  | { readonly all: true }
  | { readonly agent: true }
  | { readonly usernames: readonly string[] }
export type CampaignStatus = 'DRAFT' | 'SCHEDULED' | 'SENDING' | 'SENT' | 'CANCELLED'
export type Campaign = Omit<MarketingCampaignRow, 'audience' | 'status' | 'updated_at'> & {
  readonly audience: Audience
  readonly status: CampaignStatus
}

const columns = sql.raw(
  'id, name, telp, message, audience, push, status, scheduled_at, recipients, created_by, created_at',
)

/** Nobody else changes it until the transaction is over. @throws not_found */
export async function lockCampaign(tx: Tx, id: number): Promise<Campaign> {
  const found = await tx.maybeOne<Campaign>(
    sql`select ${columns} from marketing_campaign where id = ${id} for no key update`,
  )
  if (!found) throw fail('not_found')
  return found
}

/** Newest first; one more than asked for where there are more. */
export async function selectCampaigns(
  db: Db,
  { beforeId, limit }: { beforeId?: number; limit: number },
): Promise<Campaign[]> {
  return await db.many<Campaign>(sql`
    select ${columns} from marketing_campaign
    where id < ${beforeId ?? Number.MAX_SAFE_INTEGER} order by id desc limit ${limit + 1}`)
}

export async function insertCampaign(
  tx: Tx,
  { name, telp, message, audience, push }: Pick<Campaign, 'name' | 'telp' | 'message' | 'audience' | 'push'>,
  createdBy: string,
): Promise<Campaign> {
  return await tx.one<Campaign>(sql`
    insert into marketing_campaign (name, telp, message, audience, push, created_by, created_at)
      values (${name}, ${telp}, ${message}, ${sql.json(audience)}, ${push}, ${createdBy}, niaga.now())
    returning ${columns}`)
}

export async function updateCampaign(tx: Tx, changed: Campaign): Promise<Campaign> {
  const { id, name, telp, message, audience, push, status, scheduled_at: scheduledAt } = changed
  return await tx.one<Campaign>(sql`
    update marketing_campaign set name = ${name}, telp = ${telp}, message = ${message},
      audience = ${sql.json(audience)}, push = ${push}, status = ${status}, scheduled_at = ${scheduledAt}
    where id = ${id} returning ${columns}`)
}
