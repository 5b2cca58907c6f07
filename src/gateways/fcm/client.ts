/** Firebase Cloud Messaging, HTTP v1 (UserState, section 7.5): one message to one device a call. */
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { CircuitOpenError } from '../circuit-breaker.ts'
import { exchange, NoAnswerError, withSlash } from '../exchange.ts'
import { gatewayCircuit } from '../gateway-circuit.ts'
import { AccessTokens } from './access-tokens.ts'
import { type Answer, isUnauthenticated, readAnswer } from './answers.ts'
import { FcmError } from './errors.ts'
import { type PushMessage, toWire } from './message.ts'
import type { ServiceAccount } from './service-account.ts'

export interface FcmClientOptions {
  /** "https://fcm.googleapis.com", or wherever the simulator is mounted. */
  readonly baseUrl: string
  readonly project: string
  /** Asked for when it is first needed. */
  readonly account: () => Promise<ServiceAccount>
  readonly clock: Clock
  readonly log: Log
  readonly timeoutMs?: number
}

export interface FcmClient {
  /** Answers the message's name. Not idempotent: a repeated call is a second message of the same tag. @throws FcmError */
  send(message: PushMessage): Promise<string>
}

const TIMEOUT_MS = 10_000

export function createFcmClient(options: FcmClientOptions): FcmClient {
  const { baseUrl, project, account, clock, log, timeoutMs = TIMEOUT_MS } = options
  const tokens = new AccessTokens(account, clock, timeoutMs)
  const path = `v1/projects/${encodeURIComponent(project)}/messages:send`
  const url = new URL(`./${path}`, withSlash(baseUrl))
  const circuit = gatewayCircuit({ gateway: 'fcm', clock, log, isFailure: isDown })

  const post = async (message: PushMessage): Promise<Answer> => {
    const token = await tokens.get()
    const headers = { authorization: `Bearer ${token}` }
    const asked = { call: 'send', url, method: 'POST', headers, body: toWire(message), timeoutMs } as const
    const { status, text, headers: answered } = await exchange(asked)
    const answer = { status, text, retryAfter: answered.get('retry-after') }
    if (isUnauthenticated(answer)) await tokens.drop(token)
    return answer
  }
  const send = async (message: PushMessage) => {
    const answer = await post(message)
    // Once: the token may have ended before its time.
    return readAnswer(isUnauthenticated(answer) ? await post(message) : answer)
  }
  return {
    async send(message) {
      try {
        return await circuit.run(() => send(message).catch(rethrowTyped))
      } catch (error) {
        if (!(error instanceof CircuitOpenError)) throw error
        throw new FcmError(
          'not_asked',
          'UNAVAILABLE',
          'not asked, the service failed repeatedly',
          error.retryAfterMs,
        )
      }
    },
  }
}

function rethrowTyped(error: unknown): never {
  if (error instanceof NoAnswerError) throw new FcmError('retry', 'NO_ANSWER', error.message)
  throw error
}

/** A quota shows that the service is up. */
function isDown(error: unknown): boolean {
  return !(error instanceof FcmError) || (error.kind === 'retry' && error.code !== 'QUOTA_EXCEEDED')
}
