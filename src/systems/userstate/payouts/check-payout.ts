import type { XenditPayout } from '../../../gateways/xendit/answers.ts'
import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { toMoney } from '../gateway/rupiah.ts'
import type { Store } from '../store.ts'
import { notePayout } from './note-payout.ts'
import { type Moved, movePayout } from './payout.queries.ts'
import type { PayoutView } from './payout-view.ts'

/**
 * Asks the gateway what became of a payout and follows (UserState, U18): one function for callback, poll and
 * cancellation, safe to run any number of times at once. `unknown`: the gateway has no such payout of ours.
 * @throws gateway_unavailable where the gateway gives no answer
 */
export async function checkPayout(
  store: Store,
  caller: Caller,
  payout: PayoutView,
  {
    xenditPayout,
    finish = async () => {},
  }: { xenditPayout?: string; finish?: (tx: Tx) => Promise<void> } = {},
): Promise<Moved | 'unknown'> {
  const answer = await ask(store, payout, payout.xenditPayout ?? xenditPayout)
  if (!answer || !isOurs(store, payout, answer)) return 'unknown'
  return await applyAnswer(store, caller, payout, answer, finish)
}

/**
 * Somebody else's payout is no answer about ours, nor is one of other money under our number: a restored backup counts
 * again from where it was, so the gateway may have had the number before. People are told of that.
 */
export function isOurs(store: Store, payout: PayoutView, answer: XenditPayout): boolean {
  const { reference, channelCode, last4 } = payout
  if (answer.referenceId !== reference) return false
  const isSame =
    answer.amount === toMoney(payout.amount) &&
    answer.channelCode === channelCode &&
    (answer.last4 ?? last4) === last4
  if (!isSame) {
    store.log.error(
      { payout: reference, xenditPayout: answer.id },
      'the gateway has another payout under a number',
    )
  }
  return isSame
}

/** Books what the gateway said of a payout; what fits no transition changes nothing and is told to people. */
export async function applyAnswer(
  store: Store,
  caller: Caller,
  payout: PayoutView,
  answer: XenditPayout,
  finish: (tx: Tx) => Promise<void> = async () => {},
): Promise<Moved> {
  const { id, reference } = payout
  const moved = await inTransaction(store.db, caller, async (tx) => {
    const outcome = await movePayout(tx, id, answer)
    if (outcome === 'moved') await notePayout(tx, store, payout, answer)
    await finish(tx)
    return outcome
  })
  if (moved === 'refused') {
    store.log.error(
      { payout: reference, answered: answer.status },
      'a payout cannot become what the gateway says',
    )
  }
  return moved
}

async function ask(
  store: Store,
  payout: PayoutView,
  xenditPayout: string | undefined,
): Promise<XenditPayout | undefined> {
  try {
    if (xenditPayout === undefined) return await store.xendit.payoutOf(payout.reference)
    return await store.xendit.payout(xenditPayout)
  } catch (error) {
    if (!(error instanceof XenditError)) throw error
    if (error.kind === 'not_found') return undefined
    throw fail('gateway_unavailable', {}, { cause: error })
  }
}
