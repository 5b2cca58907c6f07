/** Hands updates to the bot's webhook: in order within a chat, parallel across chats, again until a 2xx. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../kernel/log.ts'
import type { QueuedUpdate, UpdateQueue } from './update-queue.ts'

const DELIVERY_TIMEOUT_MS = 60_000
const MAX_PAUSE_MS = 60_000

export interface Webhook {
  readonly url: string
  readonly secret: string | undefined
  readonly maxConnections: number
}

export interface WebhookError {
  readonly date: number
  readonly message: string
}

export class WebhookDelivery {
  readonly #queue: UpdateQueue
  readonly #log: Log
  readonly #unixNow: () => number
  readonly #busy = new Map<number, Promise<void>>()
  #webhook: Webhook | undefined
  #stopped = new AbortController()
  #lastError: WebhookError | undefined

  constructor(queue: UpdateQueue, log: Log, unixNow: () => number) {
    this.#queue = queue
    this.#log = log
    this.#unixNow = unixNow
    queue.onArrival(() => this.#pump())
  }

  get webhook(): Webhook | undefined {
    return this.#webhook
  }

  get lastError(): WebhookError | undefined {
    return this.#lastError
  }

  set(webhook: Webhook | undefined): void {
    this.#stopped.abort()
    this.#stopped = new AbortController()
    this.#webhook = webhook
    this.#lastError = undefined
    this.#busy.clear()
    this.#pump()
  }

  /** Stops delivering; resolves when no delivery is under way. */
  async close(): Promise<void> {
    const running = [...this.#busy.values()]
    this.set(undefined)
    await Promise.all(running)
  }

  #pump(): void {
    const webhook = this.#webhook
    if (!webhook) return
    const free = webhook.maxConnections - this.#busy.size
    const busy = new Set(this.#busy.keys())
    for (const entry of this.#queue.deliverable(busy).slice(0, Math.max(0, free))) {
      this.#busy.set(entry.chatId, this.#deliverUntilTaken(webhook, entry, this.#stopped.signal))
    }
  }

  async #deliverUntilTaken(webhook: Webhook, entry: QueuedUpdate, stopped: AbortSignal): Promise<void> {
    for (let attempt = 1; !stopped.aborted; attempt += 1) {
      const problem = await post(webhook, entry, stopped)
      if (stopped.aborted) return
      if (problem === undefined) break
      this.#lastError = { date: this.#unixNow(), message: problem }
      this.#log.warn({ update_id: entry.update.update_id, attempt, problem }, 'the webhook took no update')
      await sleep(Math.min(1000 * 2 ** (attempt - 1), MAX_PAUSE_MS), undefined, { signal: stopped }).catch(
        () => undefined, // stopping ends the pause; the loop sees it
      )
    }
    if (stopped.aborted) return
    this.#queue.delivered(entry)
    this.#busy.delete(entry.chatId)
    this.#pump()
  }
}

/** One delivery; undefined when the bot took it, else what went wrong as getWebhookInfo words it. */
async function post(
  webhook: Webhook,
  { update }: QueuedUpdate,
  stopped: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(webhook.secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': webhook.secret }),
      },
      body: JSON.stringify(update),
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]),
    })
    await response.body?.cancel()
    return response.ok
      ? undefined
      : `Wrong response from the webhook: ${response.status} ${response.statusText}`
  } catch (error) {
    return error instanceof Error ? `Connection failed: ${error.message}` : 'Connection failed'
  }
}
