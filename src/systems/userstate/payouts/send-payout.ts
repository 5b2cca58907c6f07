import { XenditError, XenditUnknownOutcome } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { toMoney } from '../gateway/rupiah.ts'
import type { Store } from '../store.ts'
import { applyAnswer, isOurs } from './check-payout.ts'
import { movePayout, selectPayout, selectSealedNumber } from './payout.queries.ts'
import { pauseAfter, sendLater } from './payout-jobs.ts'
import type { PayoutView } from './payout-view.ts'

/** After so long without a try, one that the gateway does not know has not arrived and will not. */
const QUIET_MS = 5 * 60_000

/** A try that has begun. */
interface Try {
  /** How many were made before it. */
  readonly tries: number
  /** Whether the one before it was long ago; of the first it says nothing. */
  readonly isQuiet: boolean
}

/**
 * Sends a payout to the gateway (UserState, U18). Its number is the idempotency key, and from the second try on the
 * gateway is asked first whether it has it: however often this is killed, there is one payout. What is held stays held
 * until the gateway has said what became of it.
 */
export async function sendPayout(store: Store, caller: Caller, id: bigint): Promise<void> {
  const made = await claim(store, caller, id)
  const payout = await selectPayout(store.db, id)
  if (!made || !payout) return
  let isAsked = false
  try {
    const known = made.tries > 0 ? await store.xendit.payoutOf(payout.reference) : undefined
    isAsked = true
    const answer = known ?? (await send(store, payout))
    if (!isOurs(store, payout, answer)) throw new XenditUnknownOutcome('its number is taken at the gateway')
    await applyAnswer(store, caller, payout, answer)
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    // A no to the question whether the gateway has it is none to the payout.
    await notSent(store, caller, id, made, { error, isNo: isAsked && error.final })
  }
}

/** Undefined where there is nothing to send (any more). */
async function claim(store: Store, caller: Caller, id: bigint): Promise<Try | undefined> {
  const { tries, isQuiet } = await inTransaction(store.db, caller, (tx) =>
    // While it is queued, nothing but a try changes the row.
    tx.one<{ tries: number | null; isQuiet: boolean }>(sql`
      select claim_payout(p.id) as tries,
        p.updated_at <= niaga.now() - make_interval(secs => ${QUIET_MS / 1000}) as "isQuiet"
      from lock_payout(${id}) p`),
  )
  return tries === null ? undefined : { tries, isQuiet }
}

/**
 * The money is free again only where no try can arrive any more: the gateway refused the only one, or, having been asked,
 * did not know of one long after it.
 */
async function notSent(
  store: Store,
  caller: Caller,
  id: bigint,
  { tries, isQuiet }: Try,
  { error, isNo }: { readonly error: XenditError; readonly isNo: boolean },
): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const { attempts, isOpen } = await tx.one<{ attempts: number; isOpen: boolean }>(sql`
      select attempts, status = 'QUEUED' and xendit_payout_id is null as "isOpen" from lock_payout(${id})`)
    // The gateway's word has come, or another try has begun meanwhile: what that finds, counts.
    if (!isOpen || attempts > tries + 1) return
    const pause = pauseAfter(attempts)
    if (!isNo) return await sendLater(tx, store, id, pause)
    if (tries > 0 && !isQuiet) return await sendLater(tx, store, id, Math.max(pause, QUIET_MS))
    await movePayout(tx, id, { status: 'FAILED', id: null, failureCode: error.gatewayCode ?? 'REJECTED' })
  })
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
