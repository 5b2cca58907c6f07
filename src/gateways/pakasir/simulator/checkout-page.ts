/** Where the payer pays; its button plays the payer's banking app. */
import { rupiah } from '../../../kernel/money.ts'
import { type Html, html } from '../../../platform/http/html.ts'
import { layout } from '../../simulation/layout.ts'
import type { PakasirSimulator } from './simulator.ts'
import type { SimulatedTransaction } from './transactions.ts'

interface Shown {
  /** The QR as SVG. */
  readonly qr: Html
  /** Where the payer came from. */
  readonly back: string | undefined
}

/** All four states stand in the page; `data-state` shows one, and the script follows the transaction with it. */
export function checkoutPage(
  simulator: PakasirSimulator,
  transaction: SimulatedTransaction,
  { qr, back }: Shown,
): Html {
  const { amount, orderId, total, expiresAt } = transaction
  const query = `?order_id=${encodeURIComponent(orderId)}`
  const base = `${amount / 100n}`
  const body = html`<body class="checkout" data-state="${simulator.status(transaction)}"
  data-status="${base}/status${query}" data-pay="${base}/pay${query}"
  data-expires="${expiresAt.getTime()}" data-now="${simulator.now().getTime()}">
<main class="card">
  <header class="merchant">
    <span class="avatar" aria-hidden="true">${simulator.merchant.slice(0, 1).toUpperCase()}</span>
    <div class="merchant-name"><p class="faint">Pembayaran kepada</p><h1>${simulator.merchant}</h1></div>
    <span class="qris" aria-label="QRIS">QRIS</span>
  </header>
  <div class="columns">
    ${summary(transaction)}
    <section class="pay" aria-live="polite">
      ${pendingView(qr, total)}
      ${outcomeView('completed', 'Pembayaran berhasil', 'Terima kasih. Anda boleh menutup halaman ini.')}
      ${outcomeView('expired', 'Waktu pembayaran habis', 'Kode QR ini tidak dapat dibayar lagi. Silakan buat pesanan baru.')}
      ${outcomeView('canceled', 'Tagihan dibatalkan', 'Penjual membatalkan tagihan ini. Tidak ada yang perlu dibayar.')}
    </section>
  </div>
  <footer>
    ${back ? html`<a class="back" href="${back}" rel="noreferrer">← Kembali ke penjual</a>` : html`<a class="back" href="#" data-back hidden>← Kembali ke penjual</a>`}
    <span class="faint">Gerbang pembayaran simulasi, bukan uang sungguhan</span>
  </footer>
</main>
</body>`
  return layout({
    lang: 'id',
    title: `Bayar ${rupiah(total)} · ${simulator.merchant}`,
    root: '../../',
    script: 'checkout.js',
    body,
  })
}

function summary({ orderId, amount, fee, total }: SimulatedTransaction): Html {
  return html`<section class="summary">
      <p class="faint">Total pembayaran</p>
      <p class="total">${rupiah(total)}</p>
      <dl>
        <div><dt>Nomor tagihan</dt><dd class="mono">${orderId}</dd></div>
        <div><dt>Harga barang</dt><dd>${rupiah(amount)}</dd></div>
        <div><dt>Biaya layanan</dt><dd>${rupiah(fee)}</dd></div>
        <div class="sum"><dt>Total</dt><dd>${rupiah(total)}</dd></div>
      </dl>
    </section>`
}

function pendingView(qr: Html, total: SimulatedTransaction['total']): Html {
  return html`<div class="state pending">
        <p class="countdown">Bayar dalam <strong data-countdown>–</strong></p>
        <div class="qr" role="img" aria-label="Kode QR untuk membayar ${rupiah(total)}">${qr}</div>
        <p class="faint">Pindai dengan aplikasi bank atau dompet digital mana pun, atau mainkan peran aplikasi itu di sini:</p>
        <button class="primary" type="button" data-send="pay">Bayar sekarang</button>
        <p class="problem" data-problem role="alert" hidden></p>
      </div>`
}

function outcomeView(state: string, title: string, text: string): Html {
  return html`<div class="state ${state}">
        <span class="mark" aria-hidden="true"></span>
        <h2>${title}</h2>
        <p>${text}</p>
      </div>`
}
