/** What people do at a simulated gateway, and how it tells of that. */
import { SimulatorRefusal } from '../../src/gateways/simulation/refusal.ts'
import type { WebhookScript } from '../../src/gateways/simulation/webhook-sender.ts'

/** At once, late, often, never, to be released later, or with another's secret; honest callbacks are more frequent. */
export const GOSSIP: readonly Partial<WebhookScript>[] = [
  {},
  {},
  { copies: 3 },
  { copies: 5, delayMs: 300 },
  { delayMs: 1_500 },
  { drop: true },
  { hold: true },
  { token: 'bad' },
]

/** What the gateway refuses does not happen: it does not know the order, or that is over. */
export function unlessRefused(act: () => unknown): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof SimulatorRefusal)) throw error
  }
}
