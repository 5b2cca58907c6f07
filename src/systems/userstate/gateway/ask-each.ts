/** Asked for at a time. */
const AT_ONCE = 8

/**
 * Asks the gateway about each of these; `ask` answers whether it gave an answer. One that is down, and so answers none of
 * a round, is not asked thousands of times: the next run comes.
 */
export async function askEach(
  ids: readonly bigint[],
  signal: AbortSignal,
  ask: (id: bigint) => Promise<boolean>,
): Promise<void> {
  for (let at = 0; at < ids.length && !signal.aborted; at += AT_ONCE) {
    const answered = await Promise.all(ids.slice(at, at + AT_ONCE).map(ask))
    if (!answered.includes(true)) return
  }
}
