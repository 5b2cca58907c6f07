/** Where a person plays the gateway: the latest transactions, and what goes wrong with them. */
import { rupiah } from '../../../kernel/money.ts'
import { FAULT_KINDS, type FaultKind } from './faults.ts'
import { type Html, html } from './html.ts'
import { layout } from './layout.ts'
import type { PakasirSimulator } from './simulator.ts'
import type { SimulatedTransaction } from './transactions.ts'
import type { WebhookScript } from './webhook-sender.ts'

const SHOWN = 50

const FAULT_LABELS: Record<FaultKind, string> = {
  outage: 'Outage: connections break',
  timeout: 'Never answers, does nothing',
  timeout_after_effect: 'Acts, but never answers',
  too_many_requests: 'Answers 429',
  server_error: 'Answers 500',
  malformed: 'Answers a page, not JSON',
}

/** A switch sets `webhooks` to the first when on, to the second when off. */
const WEBHOOK_SWITCHES: readonly {
  label: string
  isOn: (script: WebhookScript) => boolean
  on: object
  off: object
}[] = [
  { label: 'Drop every webhook', isOn: (s) => s.drop, on: { drop: true }, off: { drop: false } },
  { label: 'Hold until released', isOn: (s) => s.hold, on: { hold: true }, off: { hold: false } },
  { label: 'Three copies of each', isOn: (s) => s.copies > 1, on: { copies: 3 }, off: { copies: 1 } },
  { label: '10 seconds late', isOn: (s) => s.delayMs > 0, on: { delay_ms: 10_000 }, off: { delay_ms: 0 } },
  { label: 'Wrong token', isOn: (s) => s.token === 'bad', on: { token: 'bad' }, off: { token: 'good' } },
  {
    label: 'Wrong signature',
    isOn: (s) => s.signature === 'bad',
    on: { signature: 'bad' },
    off: { signature: 'none' },
  },
]

export function indexPage(simulator: PakasirSimulator): Html {
  const body = html`<body class="control">
<header class="top">
  <div><h1>Pakasir simulator</h1><p class="faint">Project <code>${simulator.project}</code>. You are the payer's bank and the gateway's operator; no real money moves.</p></div>
  <button type="button" data-method="POST" data-url="_sim/behave">Behave again</button>
</header>
<main>
  <section>
    <h2>Transactions</h2>
    <div id="list">${transactionList(simulator)}</div>
  </section>
  <aside>
    <h2>Bad days</h2>
    <fieldset><legend>Answers</legend>${FAULT_KINDS.map((kind) => faultSwitch(simulator, kind))}</fieldset>
    <fieldset><legend>Webhooks</legend>
      ${WEBHOOK_SWITCHES.map((each) => webhookSwitch(simulator, each))}
      <p class="row">
        <button type="button" data-method="POST" data-url="_sim/webhooks/release" data-body="{}">Release held</button>
        <button type="button" data-method="POST" data-url="_sim/webhooks/release" data-body='{"order":"reversed"}'>…reversed</button>
      </p>
    </fieldset>
    <fieldset><legend>Fee of new transactions</legend>${feeChoices(simulator)}</fieldset>
  </aside>
</main>
<p class="problem toast" data-problem role="alert" hidden></p>
</body>`
  return layout({ lang: 'en', title: 'Pakasir simulator', root: '', script: 'control.js', body })
}

/** The part that renews itself. */
export function transactionList(simulator: PakasirSimulator): Html {
  const latest = simulator.list().slice(0, SHOWN)
  if (latest.length === 0) {
    return html`<p class="empty">Nothing yet. Order something in the shop and choose QRIS; it appears here.</p>`
  }
  return html`<ul class="transactions">${latest.map((each) => item(simulator, each))}</ul>`
}

function item(simulator: PakasirSimulator, transaction: SimulatedTransaction): Html {
  const { orderId, amount, fee, total, createdAt } = transaction
  const status = simulator.status(transaction)
  const url = `_sim/transactions/${encodeURIComponent(orderId)}`
  const page = `pay/${encodeURIComponent(simulator.project)}/${amount / 100n}?order_id=${encodeURIComponent(orderId)}&qris_only=1`
  return html`<li class="transaction ${status}">
  <div class="facts">
    <a class="mono" href="${page}">${orderId}</a> <span class="badge ${status}">${status}</span>
    <p class="faint">${clockTime(createdAt)} WIB · ${rupiah(amount)} + fee ${rupiah(fee)}${webhookNote(simulator, orderId)}</p>
  </div>
  <p class="sum">${rupiah(total)}</p>
  <p class="actions">${actions(status, url, Number(amount / 100n))}</p>
</li>`
}

function actions(status: string, url: string, whole: number): readonly Html[] {
  const wrong = { amount: whole + 1 }
  if (status === 'completed') {
    return [
      button('Duplicate webhook', `${url}/webhook`, {}),
      button('Webhook with wrong amount', `${url}/webhook`, wrong),
    ]
  }
  if (status === 'pending') {
    return [
      button('Pay', `${url}/pay`, {}, 'primary'),
      button('Pay wrong amount', `${url}/pay`, wrong),
      button('Pay, drop webhook', `${url}/pay`, { webhook: { drop: true } }),
      button('Pay in 10 s', `${url}/pay`, { after_ms: 10_000 }),
      button('Forge webhook', `${url}/webhook`, {}),
      button('Expire', `${url}/expire`, {}),
      button('Cancel', `${url}/cancel`, {}),
    ]
  }
  return [
    button('Pay late anyway', `${url}/pay`, { force: true }, 'primary'),
    button('Forge webhook', `${url}/webhook`, {}),
  ]
}

function button(label: string, url: string, body: object, kind = ''): Html {
  return html`<button type="button" class="${kind}" data-method="POST" data-url="${url}" data-body="${JSON.stringify(body)}">${label}</button>`
}

function webhookNote(simulator: PakasirSimulator, orderId: string): string {
  const deliveries = simulator.webhooks.deliveries.filter((each) => each.orderId === orderId)
  const notes = deliveries
    .slice(-3)
    .map(({ state, lastStatus }) =>
      lastStatus === undefined ? state : `${state} (${lastStatus || 'no answer'})`,
    )
  return notes.length === 0 ? '' : ` · webhook ${notes.join(', ')}`
}

function faultSwitch({ faults }: PakasirSimulator, kind: FaultKind): Html {
  const on = faults.armed.some((fault) => fault.kind === kind)
  return html`<label class="switch"><input type="checkbox" ${checked(on)}
    data-on-method="POST" data-on-url="_sim/faults" data-on-body="${JSON.stringify({ kind })}"
    data-off-method="DELETE" data-off-url="_sim/faults/${kind}"> ${FAULT_LABELS[kind]}</label>`
}

function webhookSwitch(
  { webhooks }: PakasirSimulator,
  { label, isOn, on, off }: (typeof WEBHOOK_SWITCHES)[number],
): Html {
  return html`<label class="switch"><input type="checkbox" ${checked(isOn(webhooks.script))}
    data-on-method="PUT" data-on-url="_sim/webhooks" data-on-body="${JSON.stringify(on)}"
    data-off-method="PUT" data-off-url="_sim/webhooks" data-off-body="${JSON.stringify(off)}"> ${label}</label>`
}

function feeChoices({ settings }: PakasirSimulator): readonly Html[] {
  return [0, 1, 5].map(
    (
      deviation,
    ) => html`<label class="switch"><input type="radio" name="fee" ${checked(settings.feeDeviation === deviation)}
    data-on-method="PUT" data-on-url="_sim/settings" data-on-body="${JSON.stringify({ fee_deviation: deviation })}"> ${deviation === 0 ? 'As agreed' : `Off by +${deviation} rupiah`}</label>`,
  )
}

function checked(on: boolean): Html | undefined {
  return on ? html`checked` : undefined
}

function clockTime(instant: Date): string {
  return instant.toLocaleTimeString('en-GB', { timeZone: 'Asia/Jakarta' })
}
