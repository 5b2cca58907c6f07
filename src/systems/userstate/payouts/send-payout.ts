import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { toMoney } from '../gateway/rupiah.ts'
import type { Store } from '../store.ts'
import { applyAnswer } from './check-payout.ts'
import { movePayout, selectPayout, selectSealedNumber } from './payout.queries.ts'
import { sendLater } from './payout-jobs.ts'
import type { PayoutView } from './payout-view.ts'

/**
 * Sends a payout to the gateway (UserState, U18). Its number is the idempotency key, and from the second try on the
 * gateway is asked first whether it has it: however often this is killed, there is one payout. What is held stays held
 * until the gateway has said what became of it.
 */
export async function sendPayout(store: Store, caller: Caller, id: bigint): Promise<void> {
  const { tries } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ tries: number | null }>(sql`select claim_payout(${id}) as tries`),
  )
  const payout = await selectPayout(store.db, id)
  if (tries === null || !payout) return
  let isAsked = false
  try {
    const known = tries > 0 ? await store.xendit.payoutOf(payout.reference) : undefined
    isAsked = true
    await applyAnswer(store, caller, payout, known ?? (await send(store, payout)))
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    // A no to the question whether the gateway has it is none to the payout: an earlier try may have arrived.
    const isNo = isAsked && error.final
    await inTransaction(store.db, caller, async (tx) => {
      if (!isNo) return await sendLater(tx, store, id, tries + 1)
      await movePayout(tx, id, { status: 'FAILED', id: null, failureCode: error.gatewayCode ?? 'REJECTED' })
    })
  }
}

async function send(store: Store, payout: PayoutView) {
  const { sealed, accountId } = await selectSealedNumber(store.db, payout.id)
  return await store.xendit.createPayout({
    referenceId: payout.reference,
    channelCode: payout.channelCode,
    accountNumber: store.config.fieldKeys.open(sealed, `bank_account.number:${accountId}`),
    accountHolderName: payout.holderName,
    amount: toMoney(payout.amount),
    description: `Withdrawal ${payout.reference}`,
  })
}
