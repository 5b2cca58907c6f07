import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { CircuitBreaker } from './circuit-breaker.ts'

export interface GatewayCircuitOptions {
  /** Its name in the log: "pakasir". */
  readonly gateway: string
  readonly clock: Clock
  readonly log: Log
  readonly isFailure: (error: unknown) => boolean
  /** Called once per incident, when the circuit opens. */
  readonly onOutage?: (() => unknown) | undefined
  /** Called once per incident, when the gateway answers again. */
  readonly onRecovery?: (() => unknown) | undefined
}

/** A circuit breaker that says in the log, and to whoever wants to know, when an incident begins and ends. */
export function gatewayCircuit(options: GatewayCircuitOptions): CircuitBreaker {
  const { gateway, clock, log, isFailure, onOutage, onRecovery } = options
  // A callback sends messages to people; its failure must not become the payment's.
  const tell = (callback: (() => unknown) | undefined, message: string) => {
    log.error({ gateway }, message)
    const run = async () => callback?.()
    run().catch((error: unknown) => log.error({ gateway, err: error }, 'telling about it failed'))
  }
  return new CircuitBreaker({
    clock,
    isFailure,
    onOpen: () => tell(onOutage, 'the gateway is down; nothing is asked for 30 s'),
    onRecovery: () => tell(onRecovery, 'the gateway answers again'),
  })
}
