import type { Caller } from '../../../kernel/caller.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { type Channel, holdActiveChannel } from '../choices/bank-channels.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { type BankAccountView, nextBankAccountId, selectBankAccounts } from './bank-account.queries.ts'

const MOST = 10

export interface NewBankAccount {
  readonly username: string
  readonly channel: number
  readonly accountNumber: string
  readonly holderName: string
}

/**
 * Keeps an account to be paid out to (UserState, U17). Its number is sealed for its row; nobody reads it again but the
 * sender of a payout.
 * @throws bank_channel_inactive, bank_account_exists, bank_account_limit, validation_failed
 */
export async function addBankAccount(
  store: Store,
  caller: Caller,
  input: NewBankAccount,
): Promise<BankAccountView> {
  const { username } = input
  const { fieldKeys } = store.config
  return await inTransaction(store.db, caller, async (tx) => {
    await tx.one(sql`select lock_user(${username})`)
    const channel = await holdActiveChannel(tx, input.channel)
    if (!channel) throw fail('bank_channel_inactive')
    const number = readNumber(channel, input.accountNumber)
    const hash = fieldKeys.lookupHash(number, 'bank_account.number')
    const known = await selectBankAccounts(tx, username)
    const id = await nextBankAccountId(tx)
    const sealed = Buffer.from(fieldKeys.seal(number, `bank_account.number:${id}`))
    // First the constraint that names a duplicate, then the count.
    await tx.run(sql`
      insert into bank_account (id, username, channel, account_number_enc, account_number_hash, account_last4,
          account_holder_name)
        values (${id}, ${username}, ${channel.id}, ${sealed}, ${hash}, ${number.slice(-4)}, ${input.holderName})`)
    if (known.length >= MOST) throw fail('bank_account_limit', { limit: MOST })
    return {
      id,
      channel: channel.id,
      channelCode: channel.code,
      last4: number.slice(-4),
      holderName: input.holderName,
    }
  })
}

/** @throws not_found, bank_account_in_use where a payout to it is under way */
export async function removeBankAccount(
  store: Store,
  caller: Caller,
  id: number,
  username: string,
): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    // Nobody asks for a payout to it meanwhile.
    await tx.one(sql`select lock_user(${username})`)
    const { used } = await tx.one<{ used: boolean }>(sql`
      select exists (select from payout p where p.bank_account_id = ${id}
        and p.status in ('QUEUED', 'ACCEPTED', 'PENDING') and p.username = ${username}) as used`)
    if (used) throw fail('bank_account_in_use')
    const removed = await tx.run(sql`
      update bank_account set active = false where id = ${id} and username = ${username} and active`)
    if (removed === 0) throw fail('not_found')
  })
}

/** Banks: 6 to 20 digits; e-wallets: a phone number, as the gateway wants it. */
function readNumber({ type }: Channel, given: string): string {
  const number = type === 'EWALLET' ? given.replace(/^\+62/, '0') : given
  const pattern = type === 'EWALLET' ? /^0[0-9]{8,14}$/ : /^[0-9]{6,20}$/
  if (pattern.test(number)) return number
  const reason = type === 'EWALLET' ? 'must be a phone number' : 'must have 6 to 20 digits'
  throw invalidFields([{ field: 'account_number', reason }])
}
