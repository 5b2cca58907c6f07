/** Whether the shop and the parties it needs answer (QuickCart, §6 GET /health). */
import { probe } from '../../../postgres/health.ts'
import type { Store } from '../store.ts'

type ServiceState = 'up' | 'down' | 'not configured'

export interface ShopHealth {
  /** `down` only where nothing can be sold: without db_store1. */
  readonly status: 'healthy' | 'degraded' | 'down'
  readonly timestamp: Date
  readonly services: {
    readonly database: ServiceState
    readonly audit_database: ServiceState
    readonly redis: ServiceState
    readonly telegram: ServiceState
    readonly pakasir_api: ServiceState
  }
}

const KEPT_MS = 5_000

export async function shopHealth(store: Store): Promise<ShopHealth> {
  const [database, audits, redis, telegram] = await Promise.all([
    probe(store.db),
    probe(store.audits),
    store.config.redisUrl === undefined
      ? ('not configured' as const)
      : reachable(() => store.kv.get('health')),
    telegramState(store),
  ])
  const services: ShopHealth['services'] = {
    database: database.ok ? 'up' : 'down',
    audit_database: audits.ok ? 'up' : 'down',
    redis,
    telegram,
    pakasir_api: store.pakasir.available ? 'up' : 'down',
  }
  const anyDown = Object.values(services).includes('down')
  const status = !database.ok ? 'down' : anyDown ? 'degraded' : 'healthy'
  return { status, timestamp: store.clock.now(), services }
}

const lastSeen = new WeakMap<Store, { at: number; state: Promise<ServiceState> }>()

/** Asked at most every five seconds, however often somebody asks us. */
function telegramState(store: Store): Promise<ServiceState> {
  const known = lastSeen.get(store)
  if (known && performance.now() - known.at < KEPT_MS) return known.state
  const state = reachable(() => store.telegram.getMe())
  lastSeen.set(store, { at: performance.now(), state })
  return state
}

async function reachable(ask: () => Promise<unknown>): Promise<ServiceState> {
  try {
    await ask()
    return 'up'
  } catch {
    // Why is the log's business; here only that.
    return 'down'
  }
}
