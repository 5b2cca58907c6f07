/** Whoever pays, or does not, and what the gateway tells of it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { PakasirWebhookScript } from '../../../../src/gateways/pakasir/simulator/webhooks.ts'
import { wholeMoney } from '../../../../src/kernel/money.ts'
import type { Random } from '../../../random.ts'
import { GOSSIP, unlessRefused } from '../../gateway.ts'
import type { Cast } from '../cast.ts'
import type { KnownOrder } from '../model.ts'

/** Pays soon, and the gateway tells of it as it likes; where it does not know the order, nothing happens. */
export function pay(cast: Cast, random: Random, invoice: string, force = false): void {
  const webhook = random.pick<Partial<PakasirWebhookScript>>([
    ...GOSSIP,
    { token: 'none', signature: 'good' },
  ])
  const pause = random.pick([0, 0, 100, 700, 2_000])
  const paying = wait(pause)
    .then(() => unlessRefused(() => cast.stage.pakasir.pay(invoice, { force, webhook })))
    .finally(() => cast.background.delete(paying))
  cast.background.add(paying)
}

export function payWrong({ stage }: Cast, { invoice, subtotal, discount }: KnownOrder): void {
  unlessRefused(() => stage.pakasir.pay(invoice, { amount: wholeMoney('IDR', subtotal - discount + 1) }))
}

/** Whoever knows the webhook's address, or does not even, says that it was paid. */
export function forge({ stage }: Cast, random: Random, invoice: string): void {
  const token = random.pick(['good', 'bad', 'none'] as const)
  unlessRefused(() => stage.pakasir.sendWebhook(invoice, { token, copies: 2 }))
}
