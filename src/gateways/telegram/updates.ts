/** Long polling: one loop per bot, which hands over each batch before it confirms it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Update } from 'grammy/types'
import type { Log } from '../../kernel/log.ts'
import type { TelegramApi } from './client.ts'
import { type TelegramFailure, telegramFailure } from './failures.ts'

/** The kinds of update that Niaga reads. */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'my_chat_member'] as const

const POLL_SECONDS = 50
const CONFLICT_PAUSE_MS = 5_000
const MAX_PAUSE_MS = 60_000

export interface PollOptions {
  readonly api: Pick<TelegramApi, 'poll'>
  /** The highest update id stored so far; undefined before the first one. Asked once, at the start. */
  readonly lastUpdateId: () => Promise<number | undefined>
  /** Stores a batch durably. It is confirmed to Telegram only after this resolves, else offered again. */
  readonly onUpdates: (updates: readonly Update[]) => Promise<void>
  readonly signal: AbortSignal
  readonly log: Log
  /** A second consumer reads this bot's updates, or a webhook is set: somebody has to be told. */
  readonly onConflict?: (description: string) => void
  /** A call went well, also where it brought nothing. */
  readonly onRead?: () => void
  /** Waits between attempts; tests pass one that does not. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Polls until the signal is aborted; never throws. The webhook must have been deleted before. */
export async function pollUpdates(options: PollOptions): Promise<void> {
  const { signal, log, onConflict, pause = pauseFor } = options
  let last: number | undefined
  let started = false
  let failures = 0
  while (!signal.aborted) {
    try {
      if (!started) last = await options.lastUpdateId()
      started = true
      last = await pollOnce(options, last)
      options.onRead?.()
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      const failure = telegramFailure(error)
      if (failure.kind === 'conflict') onConflict?.(failure.description)
      const waitMs = pauseAfter(failure, failures)
      log.warn({ failure, failures, waitMs }, 'reading Telegram updates failed')
      await pause(waitMs, signal)
    }
  }
}

async function pollOnce(options: PollOptions, last: number | undefined): Promise<number | undefined> {
  const { api, onUpdates, signal } = options
  const updates = await api.poll(
    {
      ...(last === undefined ? {} : { offset: last + 1 }),
      limit: 100,
      timeout: POLL_SECONDS,
      allowed_updates: [...ALLOWED_UPDATES],
    },
    signal,
  )
  if (updates.length === 0) return last
  await onUpdates(updates)
  // Updates may arrive out of order or again: the offset never goes back.
  return updates.reduce((highest, { update_id }) => Math.max(highest, update_id), last ?? 0)
}

function pauseAfter(failure: TelegramFailure, failures: number): number {
  if (failure.kind === 'conflict') return CONFLICT_PAUSE_MS
  if (failure.kind === 'rate_limited') return failure.retryAfter * 1000
  return Math.min(1000 * 2 ** (failures - 1), MAX_PAUSE_MS)
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined) // an abort ends the pause; the loop sees it
}
