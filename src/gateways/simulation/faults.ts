/**
 * The bad days a gateway can have:
 * - `outage`: the connection breaks without an answer
 * - `timeout`: no answer, and nothing done
 * - `timeout_after_effect`: does what was asked, but never answers
 * - `too_many_requests`, `server_error`, `rejected`: HTTP 429, 500, 400, and nothing done
 * - `malformed`: HTTP 200 with a page instead of JSON
 */
export const FAULT_KINDS = [
  'outage',
  'timeout',
  'timeout_after_effect',
  'too_many_requests',
  'server_error',
  'rejected',
  'malformed',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Fault<Endpoint extends string, Kind extends string = FaultKind> {
  readonly kind: Kind
  /** The endpoints it hits; all of them where absent. */
  readonly endpoint?: Endpoint
  /** How many calls it hits; until cleared where absent. */
  readonly times?: number
}

/** The faults in force, oldest first; each call meets the first that concerns it. */
export class Faults<Endpoint extends string, Kind extends string = FaultKind> {
  #armed: Fault<Endpoint, Kind>[] = []

  get armed(): readonly Fault<Endpoint, Kind>[] {
    return this.#armed
  }

  arm(fault: Fault<Endpoint, Kind>): void {
    if (fault.times === undefined || fault.times > 0) this.#armed.push(fault)
  }

  /** Clears all, or all of one kind. */
  clear(kind?: Kind): void {
    this.#armed = kind === undefined ? [] : this.#armed.filter((fault) => fault.kind !== kind)
  }

  /** The fault that this call meets, used up by one. */
  take(endpoint: Endpoint): Kind | undefined {
    return this.#take((fault) => (fault.endpoint ?? endpoint) === endpoint)
  }

  /** The same where a kind says itself at which moment of a call it shows. */
  takeOneOf<K extends Kind>(kinds: readonly K[]): Kind | undefined {
    return this.#take(({ kind }) => kinds.some((each) => each === kind))
  }

  #take(isMet: (fault: Fault<Endpoint, Kind>) => boolean): Kind | undefined {
    const index = this.#armed.findIndex(isMet)
    const fault = this.#armed[index]
    if (fault?.times !== undefined) {
      const left = { ...fault, times: fault.times - 1 }
      this.#armed.splice(index, 1, ...(left.times > 0 ? [left] : []))
    }
    return fault?.kind
  }
}
