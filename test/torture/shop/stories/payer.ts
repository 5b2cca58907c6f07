/** Whoever pays, or does not, and what the gateway tells of it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { PakasirWebhookScript } from '../../../../src/gateways/pakasir/simulator/webhooks.ts'
import { wholeMoney } from '../../../../src/kernel/money.ts'
import type { Random } from '../../../random.ts'
import type { Cast } from '../cast.ts'
import type { KnownOrder } from '../model.ts'

/** Pays soon, and the gateway tells of it as it likes; where it does not know the order, nothing happens. */
export function pay(cast: Cast, random: Random, invoice: string, force = false): void {
  const webhook = someScript(random)
  const pause = random.pick([0, 0, 100, 700, 2_000])
  const paying = wait(pause)
    .then(() => void cast.stage.pakasir.pay(invoice, { force, webhook }))
    // Unknown to the gateway, cancelled there, or paid: there is nothing to pay.
    .catch(() => undefined)
    .finally(() => cast.background.delete(paying))
  cast.background.add(paying)
}

export function payWrong({ stage }: Cast, { invoice, subtotal, discount }: KnownOrder): void {
  try {
    stage.pakasir.pay(invoice, { amount: wholeMoney('IDR', subtotal - discount + 1) })
  } catch {
    // There is nothing to pay.
  }
}

/** Whoever knows the webhook's address, or does not even, says that it was paid. */
export function forge({ stage }: Cast, random: Random, invoice: string): void {
  try {
    stage.pakasir.sendWebhook(invoice, { token: random.pick(['good', 'bad', 'none']), copies: 2 })
  } catch {
    // The gateway does not know it.
  }
}

function someScript(random: Random): Partial<PakasirWebhookScript> {
  return random.pick<Partial<PakasirWebhookScript>>([
    {},
    {},
    { copies: 3 },
    { copies: 5, delayMs: 300 },
    { delayMs: 1_500 },
    { drop: true },
    { hold: true },
    { token: 'bad' },
    { token: 'none', signature: 'good' },
  ])
}
