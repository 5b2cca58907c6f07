/** Scripted bad days: what the next calls or updates meet instead of a healthy Telegram. */
import { Refusal, tooManyRequests } from './refusal.ts'

interface Scope {
  /** Only this method; without it every method except getUpdates, whose polls would use the script up. */
  readonly method?: string
  /** Only calls for this chat. */
  readonly chatId?: number
  /** How many calls meet it; 1 unless told. */
  readonly times?: number
}

export type CallFault = Scope &
  (
    | { readonly kind: 'rate_limited'; readonly retryAfter: number }
    | { readonly kind: 'server_error'; readonly status?: 500 | 502 | 503 | 504 }
    /** No answer: the connection stays open for `hangMs` (30 s) and is cut. `effect`: the call was carried out. */
    | { readonly kind: 'timeout'; readonly effect: boolean; readonly hangMs?: number }
  )

export type UpdateFault =
  /** The next `times` updates are delivered twice. */
  | { readonly kind: 'duplicate_updates'; readonly times?: number }
  /** The next `times` updates are held and delivered last one first. */
  | { readonly kind: 'reorder_updates'; readonly times?: number }

export type Fault = CallFault | UpdateFault

interface Scripted {
  readonly fault: CallFault
  left: number
}

export class FaultScript {
  #calls: Scripted[] = []

  add(fault: CallFault): void {
    this.#calls.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#calls = []
  }

  pending(): readonly CallFault[] {
    return this.#calls.map(({ fault, left }) => ({ ...fault, times: left }))
  }

  /** The first fault that fits this call, used up by one. */
  take(method: string, chatId: number | undefined): CallFault | undefined {
    const hit = this.#calls.find(({ fault }) => fits(fault, method, chatId))
    if (!hit) return undefined
    hit.left -= 1
    this.#calls = this.#calls.filter(({ left }) => left > 0)
    return hit.fault
  }
}

function fits(fault: CallFault, method: string, chatId: number | undefined): boolean {
  const fitsMethod = fault.method === undefined ? method !== 'getUpdates' : fault.method === method
  return fitsMethod && (fault.chatId === undefined || fault.chatId === chatId)
}

/** The refusal that a fault answers with; undefined for the one that does not answer. */
export function refusalOf(fault: CallFault): Refusal | undefined {
  if (fault.kind === 'rate_limited') return tooManyRequests(fault.retryAfter)
  if (fault.kind === 'timeout') return undefined
  const status = fault.status ?? 500
  return new Refusal(status, status === 502 ? 'Bad Gateway' : 'Internal Server Error')
}

export function isUpdateFault(fault: Fault): fault is UpdateFault {
  return fault.kind === 'duplicate_updates' || fault.kind === 'reorder_updates'
}
