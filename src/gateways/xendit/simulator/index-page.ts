/** Where a person plays the gateway: the latest invoices and payouts, and what goes wrong with them. */
import { rupiah, wholeMoney } from '../../../kernel/money.ts'
import { type Html, html } from '../../../platform/http/html.ts'
import {
  actionButton,
  clockTime,
  controlPage,
  settingChoice,
  webhookNote,
} from '../../simulation/control-page.ts'
import type { SimulatedInvoice, SimulatedPayout } from './records.ts'
import type { XenditSimulator } from './simulator.ts'

const SHOWN = 50

const FEES = [
  { label: 'None reported', fee: { per_mille: 0, fixed: 0 } },
  { label: 'Rp 4.000 each', fee: { per_mille: 0, fixed: 4000 } },
  { label: '1,5 %', fee: { per_mille: 15, fixed: 0 } },
]

export function indexPage(simulator: XenditSimulator): Html {
  return controlPage({
    title: 'Xendit simulator',
    about: html`You are the payer's bank and the gateway's operator; no real money moves.`,
    list: objectList(simulator),
    faults: simulator.faults,
    script: simulator.webhooks.script,
    more: html`<fieldset><legend>Fee of payments to come</legend>${feeChoices(simulator)}</fieldset>`,
  })
}

/** The part that renews itself. */
export function objectList(simulator: XenditSimulator): Html {
  const invoices = simulator.invoices.list().slice(0, SHOWN)
  const payouts = simulator.payouts.list().slice(0, SHOWN)
  return html`<h2>Invoices</h2>
${
  invoices.length > 0
    ? html`<ul class="transactions">${invoices.map((each) => invoiceItem(simulator, each))}</ul>`
    : html`<p class="empty">Nothing yet. Top up a wallet; its invoice appears here.</p>`
}
<h2>Payouts</h2>
${
  payouts.length > 0
    ? html`<ul class="transactions">${payouts.map((each) => payoutItem(simulator, each))}</ul>`
    : html`<p class="empty">Nothing yet. Withdraw from a wallet; the payout appears here.</p>`
}
<p class="faint">Balance at the gateway: ${sum(simulator.balance)}</p>`
}

function invoiceItem(simulator: XenditSimulator, invoice: SimulatedInvoice): Html {
  const { id, externalId, status, amount, paidAmount, fee, createdAt } = invoice
  const kept = fee ? ` · fee ${sum(fee)}` : ''
  const other = paidAmount !== undefined && paidAmount !== amount ? ` · paid ${sum(paidAmount)}` : ''
  return html`<li class="transaction">
  <div class="facts">
    <a class="mono" href="pay/${id}">${externalId}</a> <span class="badge ${tone(status)}">${status}</span>
    <p class="faint">${clockTime(new Date(createdAt))} WIB${other}${kept}${webhookNote(simulator.webhooks.about(id))}</p>
  </div>
  <p class="sum">${sum(amount)}</p>
  <p class="actions">${invoiceActions(invoice)}</p>
</li>`
}

function invoiceActions({ id, status, amount }: SimulatedInvoice): readonly Html[] {
  const url = `_sim/invoices/${id}`
  const webhook = `_sim/objects/${id}/webhook`
  if (status === 'PENDING') {
    return [
      actionButton('Pay', `${url}/pay`, {}, 'primary'),
      actionButton('Pay less', `${url}/pay`, { amount: Math.max(1, amount - 1000) }),
      actionButton('Pay, drop webhook', `${url}/pay`, { webhook: { drop: true } }),
      actionButton('Pay in 10 s', `${url}/pay`, { after_ms: 10_000 }),
      actionButton('Forge webhook', webhook, { status: 'PAID' }),
      actionButton('Expire', `${url}/expire`, {}),
    ]
  }
  if (status === 'EXPIRED') {
    return [
      actionButton('Pay late anyway', `${url}/pay`, { force: true }, 'primary'),
      actionButton('Forge webhook', webhook, { status: 'PAID' }),
    ]
  }
  const stale = actionButton('Stale EXPIRED webhook', webhook, { status: 'EXPIRED' })
  const again = actionButton('Duplicate webhook', webhook, {})
  return status === 'PAID' ? [again, stale, actionButton('Settle', `${url}/settle`, {})] : [again, stale]
}

function payoutItem(simulator: XenditSimulator, payout: SimulatedPayout): Html {
  const { id, referenceId, status, failureCode, amount, channelCode, accountNumber, createdAt } = payout
  const destination = `${channelCode} …${accountNumber.slice(-4)}`
  return html`<li class="transaction">
  <div class="facts">
    <span class="mono">${referenceId}</span> <span class="badge ${tone(status)}">${status}</span>
    <p class="faint">${clockTime(new Date(createdAt))} WIB · ${destination}${failureCode && ` · ${failureCode}`}${webhookNote(simulator.webhooks.about(id))}</p>
  </div>
  <p class="sum">${sum(amount)}</p>
  <p class="actions">${payoutActions(payout)}</p>
</li>`
}

function payoutActions({ id, status }: SimulatedPayout): readonly Html[] {
  const url = `_sim/payouts/${id}`
  const become = (label: string, to: string, more = {}) =>
    actionButton(label, `${url}/status`, { status: to, ...more })
  if (status === 'SUCCEEDED') {
    return [
      actionButton('Reverse', `${url}/reverse`, {}),
      actionButton('Duplicate webhook', `_sim/objects/${id}/webhook`, {}),
    ]
  }
  if (status === 'ACCEPTED' || status === 'REQUESTED') {
    return [
      become('Succeed', 'SUCCEEDED'),
      become('Fail', 'FAILED', { failure_code: 'REJECTED_BY_CHANNEL' }),
      become('Unknown status', 'ON_THE_MOON'),
    ]
  }
  return [actionButton('Duplicate webhook', `_sim/objects/${id}/webhook`, {})]
}

function tone(status: string): string {
  if (['PAID', 'SETTLED', 'SUCCEEDED'].includes(status)) return 'completed'
  if (['PENDING', 'ACCEPTED', 'REQUESTED'].includes(status)) return 'pending'
  return 'canceled'
}

function feeChoices({ settings }: XenditSimulator): readonly Html[] {
  return FEES.map(({ label, fee }) => {
    const isOn = settings.fee.perMille === fee.per_mille && settings.fee.fixed === fee.fixed
    return settingChoice('fee', label, isOn, { fee })
  })
}

function sum(whole: number): string {
  return rupiah(wholeMoney('IDR', whole))
}
