import { isDomainError } from '../../../kernel/errors.ts'
import type { Log } from '../../../kernel/log.ts'
import { isConnectionLoss } from '../../../postgres/errors.ts'

/** Asked for at a time. */
const AT_ONCE = 8

/**
 * Asks the gateway about each of these; `ask` answers whether it gave an answer. One that is down, and so answers none of
 * a round, is not asked thousands of times: the next run comes. What was answered and cannot be booked is told to people,
 * and keeps nobody behind it waiting.
 * @throws where the database is away: nothing of the rest could be booked either.
 */
export async function askEach(
  { log }: { readonly log: Log },
  ids: readonly bigint[],
  signal: AbortSignal,
  ask: (id: bigint) => Promise<boolean>,
): Promise<void> {
  const askOne = async (id: bigint): Promise<boolean> => {
    try {
      return await ask(id)
    } catch (error) {
      if (isConnectionLoss(error) || isDomainError(error, 'unavailable')) throw error
      log.error({ id: String(id), error }, 'what the gateway says cannot be booked')
      return true
    }
  }
  for (let at = 0; at < ids.length && !signal.aborted; at += AT_ONCE) {
    const answered = await Promise.all(ids.slice(at, at + AT_ONCE).map(askOne))
    if (!answered.includes(true)) return
  }
}
