/**
 * Sends what telegram_outbox holds. A row is marked `sending` before its call and `sent` after it, so that the one
 * moment in which a message can be doubled is a death between the two: the next sender finds the row after a
 * minute and sends it again, because goods that come twice harm less than goods that never come.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { startLoop } from '../../../platform/jobs/loop.ts'
import type { Store } from '../store.ts'
import { mergeOrderNotice } from './digest.ts'
import { type Claim, claimDue, type OutboxRow, requeueLost } from './outbox.queries.ts'
import { recordFailure, recordSent } from './outcome.ts'
import { Pace } from './pace.ts'
import { retireQr } from './retire-qr.ts'
import { sendRow } from './send.ts'
import type { Sent } from './sent.ts'

export interface OutboxSender {
  /** Takes no further rows and waits for the calls under way; what takes too long is found at the next start. */
  stop(): Promise<void>
}

/** Notifications may be missed (one notifier at a time), and rows come due by themselves. */
const SWEEP_MS = 500
const LOST_SWEEP_MS = 10_000
/** Calls at a time: enough for 30 a second at the 300 ms that Telegram takes, few enough for the pool. */
const CONCURRENCY = 12
/** Of these for broadcasts: calls of theirs that hang must not keep goods and QR codes waiting. */
const BROADCAST_CONCURRENCY = 8
const STOP_WITHIN_MS = 3_000
/** Tries to write down that a message was sent: half a minute, within which a database restarts. */
const RECORD_TRIES = 8

/** One per process; several may run at once. */
export function startOutboxSender(store: Store): OutboxSender {
  const log = store.log.child({ part: 'telegram outbox' })
  const pace = new Pace(store.clock)
  const underWay = new Set<Promise<void>>()
  let broadcasts = 0

  const sweep = startLoop('telegram.outbox', SWEEP_MS, log, async (signal) => {
    while (!signal.aborted) {
      const news = await claim('news', CONCURRENCY - underWay.size)
      const share = Math.min(CONCURRENCY - underWay.size, BROADCAST_CONCURRENCY - broadcasts)
      if (news + (await claim('broadcasts', share)) === 0) return
    }
  })
  const lost = startLoop('telegram.outbox.lost', LOST_SWEEP_MS, log, async () => {
    if ((await requeueLost(store.db)) > 0) sweep.wake()
  })
  const listening = store.db.listen('telegram_outbox', () => sweep.wake())
  // Without it the sweep still finds everything, half a second later.
  listening.catch((error: unknown) => log.warn({ error: String(error) }, 'cannot listen'))

  /** Takes up to so many rows. Answers how many it found. */
  async function claim(of: Claim['of'], room: number): Promise<number> {
    const limit = Math.min(room, pace.room())
    if (limit <= 0) return 0
    const { offsetMs } = store.clock
    const rows = await claimDue(store.db, { limit, of, busyChats: pace.busyChats(), offsetMs })
    for (const row of rows) dispatch(row, of === 'broadcasts')
    return rows.length
  }

  function dispatch(row: OutboxRow, isBroadcast: boolean): void {
    if (isBroadcast) broadcasts++
    pace.take(row.chat_id)
    const work = sendAndRecord(store, row)
      .catch((error: unknown) =>
        log.error({ row: String(row.id), error: String(error) }, 'cannot record a call'),
      )
      .finally(() => {
        underWay.delete(work)
        if (isBroadcast) broadcasts--
        // The next row of this chat was waiting for this one.
        sweep.wake()
      })
    underWay.add(work)
  }

  return {
    async stop() {
      await Promise.all([sweep.stop(), lost.stop()])
      const unlisten = await listening.catch(() => undefined)
      await unlisten?.()
      await Promise.race([Promise.all(underWay), wait(STOP_WITHIN_MS, undefined, { ref: false })])
    },
  }
}

async function sendAndRecord(store: Store, claimed: OutboxRow): Promise<void> {
  const row = await mergeOrderNotice(store, claimed)
  if (!row) return
  let sent: Sent
  try {
    sent = await sendRow(store, row)
  } catch (error) {
    await persistently(() => recordFailure(store, row, error))
    return
  }
  await persistently(() => recordSent(store, row, sent))
  if (sent.paid !== undefined) await retireQr(store, sent.paid)
}

/** A database that is away for a moment must not make a message go out twice. */
async function persistently(record: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await record()
    } catch (error) {
      if (attempt === RECORD_TRIES) throw error
      await wait(100 * 2 ** attempt)
    }
  }
}
