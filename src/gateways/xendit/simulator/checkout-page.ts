/** Where the payer pays an invoice; its buttons play the payer's bank. */
import { rupiah, wholeMoney } from '../../../kernel/money.ts'
import { type Html, html } from '../../../platform/http/html.ts'
import { layout } from '../../simulation/layout.ts'
import { webAddress } from '../../simulation/pages.ts'
import { METHODS } from './channels.ts'
import type { SimulatedInvoice } from './records.ts'
import type { XenditSimulator } from './simulator.ts'

const METHOD_NAMES: Readonly<Record<string, string>> = {
  CREDIT_CARD: 'Kartu kredit',
  SHOPEEPAY: 'ShopeePay',
  LINKAJA: 'LinkAja',
  ALFAMART: 'Alfamart',
  INDOMARET: 'Indomaret',
}

/** All states stand in the page; `data-state` shows one, and the script follows the invoice with it. */
export function checkoutPage(simulator: XenditSimulator, invoice: SimulatedInvoice): Html {
  const { merchant } = simulator
  const { state, expires_at: expiresAt, now } = liveState(simulator, invoice)
  const body = html`<body class="checkout" data-state="${state}"
  data-status="${invoice.id}/status" data-pay="${invoice.id}/pay" data-expire="${invoice.id}/expire"
  data-expires="${expiresAt}" data-now="${now}">
<main class="card">
  <header class="merchant">
    <span class="avatar" aria-hidden="true">${merchant.slice(0, 1).toUpperCase()}</span>
    <div class="merchant-name"><p class="faint">Pembayaran kepada</p><h1>${merchant}</h1></div>
  </header>
  <div class="columns">
    ${summary(invoice)}
    <section class="pay" aria-live="polite">
      ${pendingView(invoice)}
      ${outcomeView('completed', 'Pembayaran berhasil', 'Terima kasih. Saldo Anda segera bertambah.', invoice.successUrl)}
      ${outcomeView('expired', 'Waktu pembayaran habis', 'Tagihan ini tidak dapat dibayar lagi. Silakan buat yang baru.', invoice.failureUrl)}
    </section>
  </div>
  <footer>
    <a class="back" href="#" data-back hidden>← Kembali</a>
    <span class="faint">Gerbang pembayaran simulasi, bukan uang sungguhan</span>
  </footer>
</main>
</body>`
  const title = `Bayar ${rupiah(wholeMoney('IDR', invoice.amount))} · ${merchant}`
  return layout({ lang: 'id', title, root: '../', script: 'checkout.js', body })
}

/** What the page follows; instants in ms, since the simulator's clock is not the browser's. */
export function liveState(simulator: XenditSimulator, { status, expiresAt }: SimulatedInvoice) {
  const state = status === 'PENDING' ? 'pending' : status === 'EXPIRED' ? 'expired' : 'completed'
  return { status: state, state, now: simulator.now().getTime(), expires_at: expiresAt }
}

function summary({ amount, externalId, description, payerEmail }: SimulatedInvoice): Html {
  const sum = rupiah(wholeMoney('IDR', amount))
  return html`<section class="summary">
      <p class="faint">Total pembayaran</p>
      <p class="total">${sum}</p>
      <dl>
        <div><dt>Nomor tagihan</dt><dd class="mono">${externalId}</dd></div>
        ${description && html`<div><dt>Keterangan</dt><dd>${description}</dd></div>`}
        ${payerEmail && html`<div><dt>E-mail</dt><dd>${payerEmail}</dd></div>`}
        <div class="sum"><dt>Total</dt><dd>${sum}</dd></div>
      </dl>
    </section>`
}

function pendingView({ methods }: SimulatedInvoice): Html {
  const offered = methods.length > 0 ? methods : METHODS
  return html`<div class="state pending">
        <p class="countdown">Bayar dalam <strong data-countdown>–</strong></p>
        <fieldset class="methods"><legend>Metode pembayaran</legend>
          ${offered.map((method, i) => html`<label><input type="radio" name="method" value="${method}" ${i === 0 && html`checked`}> <span>${METHOD_NAMES[method] ?? method}</span></label>`)}
        </fieldset>
        <button class="primary" type="button" data-send="pay">Bayar sekarang</button>
        <button type="button" data-send="expire">Biarkan kedaluwarsa</button>
        <p class="problem" data-problem role="alert" hidden></p>
      </div>`
}

function outcomeView(state: string, title: string, text: string, back: string | undefined): Html {
  const address = webAddress(back)
  return html`<div class="state ${state}">
        <span class="mark" aria-hidden="true"></span>
        <h2>${title}</h2>
        <p>${text}</p>
        ${address && html`<a class="back" href="${address}" rel="noreferrer">Kembali ke penjual</a>`}
      </div>`
}
