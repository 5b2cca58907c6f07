import type { Clock } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Journal } from '../../simulation/journal.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import type { Schedule } from '../../simulation/schedule.ts'
import type { SimulatedPayout } from './records.ts'

export type NewSimulatedPayout = Pick<
  SimulatedPayout,
  | 'referenceId'
  | 'channelCode'
  | 'accountNumber'
  | 'accountHolderName'
  | 'amount'
  | 'currency'
  | 'description'
>

interface PayoutsOptions {
  readonly clock: Clock
  readonly schedule: Schedule
  readonly journal: Journal<SimulatedPayout> | undefined
  /** Time from one status to the next. */
  readonly stepMs: () => number
  /** Called for what the merchant is told. */
  readonly onChange: (payout: SimulatedPayout) => void
}

interface Step {
  readonly status: string
  readonly failureCode?: string
}

const REQUESTED: Step = { status: 'REQUESTED' }
const SUCCEEDED: Step = { status: 'SUCCEEDED' }
/** UserState, section 7.3: what follows ACCEPTED, by the last digits of the account number. */
const COURSES: Readonly<Record<string, readonly Step[]>> = {
  '404': [REQUESTED, { status: 'FAILED', failureCode: 'INVALID_DESTINATION' }],
  '402': [REQUESTED, { status: 'FAILED', failureCode: 'INSUFFICIENT_BALANCE' }],
  '408': [REQUESTED],
  '409': [],
  '777': [REQUESTED, SUCCEEDED, { status: 'REVERSED' }],
}
const USUAL: readonly Step[] = [REQUESTED, SUCCEEDED]
/** The merchant is told of these. */
const TOLD = new Set(['SUCCEEDED', 'FAILED', 'REVERSED'])
const LEFT = new Set(['ACCEPTED', 'REQUESTED', 'SUCCEEDED'])

/** The gateway's payouts, each on the course that its account number sets. */
export class Payouts {
  readonly #options: PayoutsOptions
  readonly #payouts = new Map<string, SimulatedPayout>()

  constructor(options: PayoutsOptions) {
    this.#options = options
    for (const payout of options.journal?.load() ?? []) {
      this.#payouts.set(payout.id, payout)
      this.#goOnLater(payout)
    }
  }

  /** Newest first. */
  list(): SimulatedPayout[] {
    return [...this.#payouts.values()].reverse()
  }

  /** @throws SimulatorRefusal 404 */
  get(id: string): SimulatedPayout {
    const payout = this.#payouts.get(id)
    if (!payout) throw new SimulatorRefusal(404, 'DATA_NOT_FOUND', 'Payout not found')
    return payout
  }

  of(referenceId: string): SimulatedPayout[] {
    return this.list().filter((payout) => payout.referenceId === referenceId)
  }

  /** The same key and request: the first payout again. @throws SimulatorRefusal 409 for another request */
  create(key: string, request: string, asked: NewSimulatedPayout): SimulatedPayout {
    const known = this.list().find(({ idempotencyKey }) => idempotencyKey === key)
    if (known && known.request !== request) {
      throw new SimulatorRefusal(409, 'DUPLICATE_ERROR', 'The idempotency key was used with another body')
    }
    if (known) return known
    const now = this.#now()
    const payout: SimulatedPayout = {
      ...asked,
      id: `disb-${newId()}`,
      idempotencyKey: key,
      request,
      status: 'ACCEPTED',
      createdAt: now,
      updatedAt: now,
    }
    this.#keep(payout)
    this.#goOnLater(payout)
    return payout
  }

  /** @throws SimulatorRefusal 400 where it is on its way already */
  cancel(id: string): SimulatedPayout {
    const payout = this.get(id)
    if (payout.status !== 'ACCEPTED') {
      throw new SimulatorRefusal(400, 'INVALID_STATUS_ERROR', `The payout is ${payout.status}`)
    }
    return this.become(id, { status: 'CANCELLED' })
  }

  /** Goes through its course to the end, now. */
  finish(id: string): SimulatedPayout {
    const payout = this.get(id)
    for (let step = next(payout); step; step = next(payout)) this.become(id, step)
    return payout
  }

  /** Any status at any time: what an operator can make of it. */
  become(id: string, { status, failureCode }: Step): SimulatedPayout {
    const payout = this.get(id)
    const code = failureCode === undefined ? {} : { failureCode }
    this.#keep(Object.assign(payout, { status, updatedAt: this.#now() }, code))
    if (TOLD.has(status)) this.#options.onChange(payout)
    return payout
  }

  #goOnLater(payout: SimulatedPayout): void {
    const step = next(payout)
    if (!step) return
    const { status } = payout
    this.#options.schedule.after(Math.max(1, this.#options.stepMs()), () => {
      // Cancelled or moved on by hand meanwhile.
      if (payout.status !== status) return
      this.become(payout.id, step)
      this.#goOnLater(payout)
    })
  }

  #keep(payout: SimulatedPayout): void {
    this.#payouts.set(payout.id, payout)
    this.#options.journal?.append(payout)
  }

  #now(): number {
    return this.#options.clock.now().getTime()
  }
}

/** True while its money has left the merchant's balance. */
export function isAway({ status }: SimulatedPayout): boolean {
  return LEFT.has(status)
}

function next({ accountNumber, status }: SimulatedPayout): Step | undefined {
  const course = COURSES[accountNumber.slice(-3)] ?? USUAL
  if (status === 'ACCEPTED') return course[0]
  const at = course.findIndex((step) => step.status === status)
  return at < 0 ? undefined : course[at + 1]
}
