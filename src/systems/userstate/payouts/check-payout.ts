import type { XenditPayout } from '../../../gateways/xendit/answers.ts'
import { XenditError } from '../../../gateways/xendit/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
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
  // Somebody else's payout is no answer about ours.
  if (!answer || answer.referenceId !== payout.reference) return 'unknown'
  return await applyAnswer(store, caller, payout, answer, finish)
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
