/** Whoever pays an invoice at the gateway, or does not, and what the gateway tells of it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { WebhookScript } from '../../../../src/gateways/simulation/webhook-sender.ts'
import type { Random } from '../../../random.ts'
import { GOSSIP, unlessRefused } from '../../gateway.ts'
import type { Cast } from '../cast.ts'

interface Payment {
  /** Also after its time: late money. */
  readonly force?: boolean
  /** Another sum than was asked for. */
  readonly amount?: number
}

/** Pays soon; where the gateway does not have the invoice yet, nothing happens. */
export function payInvoice(cast: Cast, random: Random, number: string, payment: Payment = {}): void {
  const webhook = random.pick<Partial<WebhookScript>>([...GOSSIP, { token: 'none' }])
  const pause = random.pick([0, 50, 200, 900, 2_500])
  const paying = wait(pause)
    .then(() => {
      const invoice = cast.stage.xendit.invoices.of(number).at(-1)
      if (invoice) unlessRefused(() => cast.stage.xendit.pay(invoice.id, { ...payment, webhook }))
    })
    .finally(() => cast.background.delete(paying))
  cast.background.add(paying)
}

/** Whoever knows the callback's secret says that it was paid, and it was not. */
export function forge({ stage }: Cast, number: string): void {
  for (const { id, status } of stage.xendit.invoices.of(number))
    if (status === 'PENDING') stage.xendit.sendWebhook(id, { copies: 2 }, { status: 'PAID' })
}

/** What lies at the gateway under a number, in rupiah, invoice by invoice. */
export function paidAtGateway({ xendit }: Cast['stage'], number: string): number[] {
  return xendit.invoices
    .of(number)
    .flatMap(({ paidAmount }) => (paidAmount === undefined ? [] : [paidAmount]))
}
