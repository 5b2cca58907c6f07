/** Where a person plays the gateway: the latest transactions, and what goes wrong with them. */
import { rupiah } from '../../../kernel/money.ts'
import { type Html, html } from '../../../platform/http/html.ts'
import {
  actionButton,
  clockTime,
  controlPage,
  settingChoice,
  type WebhookSwitch,
  webhookNote,
} from '../../simulation/control-page.ts'
import type { PakasirSimulator } from './simulator.ts'
import type { SimulatedTransaction } from './transactions.ts'
import type { PakasirWebhookScript } from './webhooks.ts'

const SHOWN = 50

const WRONG_SIGNATURE: WebhookSwitch<PakasirWebhookScript> = {
  label: 'Wrong signature',
  isOn: ({ signature }) => signature === 'bad',
  on: { signature: 'bad' },
  off: { signature: 'none' },
}

export function indexPage(simulator: PakasirSimulator): Html {
  return controlPage({
    title: 'Pakasir simulator',
    about: html`Project <code>${simulator.project}</code>. You are the payer's bank and the gateway's operator; no real money moves.`,
    list: transactionList(simulator),
    faults: simulator.faults,
    script: simulator.webhooks.script,
    switches: [WRONG_SIGNATURE],
    more: html`<fieldset><legend>Fee of new transactions</legend>${feeChoices(simulator)}</fieldset>`,
  })
}

/** The part that renews itself. */
export function transactionList(simulator: PakasirSimulator): Html {
  const latest = simulator.list().slice(0, SHOWN)
  if (latest.length === 0) {
    return html`<h2>Transactions</h2><p class="empty">Nothing yet. Order something in the shop and choose QRIS; it appears here.</p>`
  }
  return html`<h2>Transactions</h2><ul class="transactions">${latest.map((each) => item(simulator, each))}</ul>`
}

function item(simulator: PakasirSimulator, transaction: SimulatedTransaction): Html {
  const { orderId, amount, fee, total, createdAt } = transaction
  const status = simulator.status(transaction)
  const url = `_sim/transactions/${encodeURIComponent(orderId)}`
  const page = `pay/${encodeURIComponent(simulator.project)}/${amount / 100n}?order_id=${encodeURIComponent(orderId)}&qris_only=1`
  return html`<li class="transaction ${status}">
  <div class="facts">
    <a class="mono" href="${page}">${orderId}</a> <span class="badge ${status}">${status}</span>
    <p class="faint">${clockTime(createdAt)} WIB · ${rupiah(amount)} + fee ${rupiah(fee)}${webhookNote(simulator.webhooks.about(orderId))}</p>
  </div>
  <p class="sum">${rupiah(total)}</p>
  <p class="actions">${actions(status, url, Number(amount / 100n))}</p>
</li>`
}

function actions(status: string, url: string, whole: number): readonly Html[] {
  const wrong = { amount: whole + 1 }
  if (status === 'completed') {
    return [
      actionButton('Duplicate webhook', `${url}/webhook`, {}),
      actionButton('Webhook with wrong amount', `${url}/webhook`, wrong),
    ]
  }
  if (status === 'pending') {
    return [
      actionButton('Pay', `${url}/pay`, {}, 'primary'),
      actionButton('Pay wrong amount', `${url}/pay`, wrong),
      actionButton('Pay, drop webhook', `${url}/pay`, { webhook: { drop: true } }),
      actionButton('Pay in 10 s', `${url}/pay`, { after_ms: 10_000 }),
      actionButton('Forge webhook', `${url}/webhook`, {}),
      actionButton('Expire', `${url}/expire`, {}),
      actionButton('Cancel', `${url}/cancel`, {}),
    ]
  }
  return [
    actionButton('Pay late anyway', `${url}/pay`, { force: true }, 'primary'),
    actionButton('Forge webhook', `${url}/webhook`, {}),
  ]
}

function feeChoices({ settings }: PakasirSimulator): readonly Html[] {
  return [0, 1, 5].map((deviation) =>
    settingChoice(
      'fee',
      deviation === 0 ? 'As agreed' : `Off by +${deviation} rupiah`,
      settings.feeDeviation === deviation,
      { fee_deviation: deviation },
    ),
  )
}
