import { XenditError } from '../../../gateways/xendit/errors.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import type { Log } from '../../../kernel/log.ts'
import { isConnectionLoss } from '../../../postgres/errors.ts'

/** Asked for at a time. */
const AT_ONCE = 8

/**
 * Asks the gateway about each of these. One that is down, and so answers none of a round, is not asked thousands of times:
 * the next run comes. What it refuses to tell, or tells and cannot be booked, is told to people, and keeps nobody behind
 * it waiting.
 * @throws where the database is away: nothing of the rest could be booked either.
 */
export async function askEach(
  { log }: { readonly log: Log },
  ids: readonly bigint[],
  signal: AbortSignal,
  ask: (id: bigint) => Promise<unknown>,
): Promise<void> {
  const askOne = async (id: bigint): Promise<boolean> => {
    try {
      await ask(id)
      return true
    } catch (error) {
      if (isConnectionLoss(error) || isDomainError(error, 'unavailable')) throw error
      if (isDomainError(error, 'gateway_unavailable') && !isRefusal(error.cause)) return false
      log.error(
        { id: String(id), error },
        'the gateway refuses to tell of one, or what it says cannot be booked',
      )
      return true
    }
  }
  for (let at = 0; at < ids.length && !signal.aborted; at += AT_ONCE) {
    const answered = await Promise.all(ids.slice(at, at + AT_ONCE).map(askOne))
    if (!answered.includes(true)) return
  }
}

/** A no to one question, which comes again for that one alone. */
function isRefusal(cause: unknown): boolean {
  return cause instanceof XenditError && cause.kind === 'rejected'
}
