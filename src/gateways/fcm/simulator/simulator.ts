/** The messaging service's other side: every registered phone of a demonstration. */
import { Compile } from 'typebox/compile'
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import { Faults } from '../../simulation/faults.ts'
import { type Journal, openJournal } from '../../simulation/journal.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { SimulatedAccess } from './access.ts'
import { pushCodec, type ReceivedPush, sendBody } from './messages.ts'

export const ENDPOINTS = ['token', 'send'] as const
export type Endpoint = (typeof ENDPOINTS)[number]

export interface FcmSimulatorOptions {
  readonly clock?: Clock
  readonly project: string
  /** Keeps the messages over restarts; in memory alone where absent. */
  readonly stateFile?: string
}

const KEPT = 1000
const MAX_PAYLOAD_BYTES = 4096
const isSend = Compile(sendBody)

/** What a token that begins so is answered (UserState, 7.5). */
const TOKENS: readonly (readonly [string, number, string])[] = [
  ['unregistered-', 404, 'UNREGISTERED'],
  ['mismatch-', 403, 'SENDER_ID_MISMATCH'],
  ['invalid-', 400, 'INVALID_ARGUMENT'],
  ['quota-', 429, 'QUOTA_EXCEEDED'],
  ['down-', 503, 'UNAVAILABLE'],
]

export class FcmSimulator {
  readonly project: string
  readonly access: SimulatedAccess
  readonly faults = new Faults<Endpoint>()
  /** Sent with refusals that ask for patience; none where undefined. */
  retryAfterS: number | undefined
  /** How often each token was tried, refused tries included. */
  readonly tries = new Map<string, number>()
  readonly #clock: Clock
  readonly #journal: Journal<ReceivedPush> | undefined
  readonly #received: ReceivedPush[]

  constructor({ clock = systemClock, project, stateFile }: FcmSimulatorOptions) {
    this.project = project
    this.#clock = clock
    this.access = new SimulatedAccess(clock)
    this.#journal = stateFile === undefined ? undefined : openJournal(stateFile, pushCodec, KEPT)
    this.#received = this.#journal?.load() ?? []
  }

  /** Newest first; of one device where a token is given. */
  list(token?: string): ReceivedPush[] {
    return this.#received.filter((each) => token === undefined || each.token === token).toReversed()
  }

  /** @throws SimulatorRefusal with the service's own words */
  send(project: string, body: unknown): { name: string } {
    if (project !== this.project)
      throw new SimulatorRefusal(404, 'NOT_FOUND', 'Requested entity was not found.')
    const { token, notification, data = {}, android } = checked(body)
    this.tries.set(token, (this.tries.get(token) ?? 0) + 1)
    const refusal = TOKENS.find(([prefix]) => token.startsWith(prefix))
    if (refusal) throw new SimulatorRefusal(refusal[1], refusal[2], MESSAGES[refusal[2]] ?? refusal[2])
    const name = `projects/${project}/messages/${newId()}`
    const tag = android?.notification?.tag ?? ''
    const push = { name, at: this.#clock.now(), token, ...notification, data, tag }
    this.#received.push(push)
    if (this.#received.length > KEPT) this.#received.shift()
    this.#journal?.append(push)
    return { name }
  }

  /** An honest service again, with its messages. */
  behave(): void {
    this.faults.clear()
    this.retryAfterS = undefined
  }
}

export const MESSAGES: Readonly<Record<string, string>> = {
  UNREGISTERED: 'Requested entity was not found.',
  SENDER_ID_MISMATCH: 'SenderId mismatch',
  INVALID_ARGUMENT: 'The registration token is not a valid FCM registration token',
  QUOTA_EXCEEDED: 'Quota exceeded.',
  UNAVAILABLE: 'The service is currently unavailable.',
}

function checked(body: unknown) {
  if (!isSend.Check(body)) {
    const [first] = isSend.Errors(body)
    throw new SimulatorRefusal(400, 'INVALID_VALUE', `Invalid value at '${first?.instancePath ?? ''}'`)
  }
  const { notification, data = {} } = body.message
  const reserved = Object.keys(data).find((key) => /^(?:google|gcm)|^from$/.test(key))
  if (reserved !== undefined)
    throw new SimulatorRefusal(400, 'INVALID_VALUE', `Invalid data payload key: ${reserved}`)
  if (Buffer.byteLength(JSON.stringify({ notification, data })) > MAX_PAYLOAD_BYTES) {
    throw new SimulatorRefusal(400, 'INVALID_VALUE', 'Android message is too big')
  }
  return body.message
}
