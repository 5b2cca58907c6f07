import { type Html, html, page } from '../../../platform/http/html.ts'

/** `icon`: what is drawn in a field of 24 by 24. */
const TABS = [
  { path: '', label: 'Beranda', icon: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z' },
  { path: 'isi', label: 'Isi saldo', icon: 'M12 5v14M5 12h14' },
  { path: 'bayar', label: 'Bayar', icon: 'M4 12h15M13 6l6 6-6 6' },
  { path: 'riwayat', label: 'Riwayat', icon: 'M5 6h14M5 12h14M5 18h9' },
  { path: 'akun', label: 'Akun', icon: 'M12 12a4 4 0 100-8 4 4 0 000 8zM4 20a8 6 0 0116 0' },
]

/** What never changes on the page; the screens are drawn into `main`. `mailbox`: where a sandbox shows the mails. */
export function shell(mailbox: string | undefined): Html {
  return page({
    title: 'Dompet UserState',
    lang: 'id',
    scripts: ['assets/app.js'],
    head: html`<link rel="stylesheet" href="assets/wallet.css">
<link rel="manifest" href="assets/wallet.webmanifest">
<link rel="apple-touch-icon" href="assets/icon-192.png">
<meta name="theme-color" content="#0f766e">
<meta name="description" content="Dompet UserState: isi saldo, bayar, tarik, tukar poin.">`,
    body: html`
<header class="top">
  <a class="brand" href="#/"><img src="assets/icon.svg" alt="" width="28" height="28"> Dompet</a>
</header>
<nav class="tabs" id="tabs" aria-label="Menu utama" hidden>
  ${TABS.map(({ path, label, icon }) => html`<a href="#/${path}" data-tab="${path}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icon}"/></svg>${label}</a>`)}
</nav>
<p class="notice offline" id="offline" role="status" hidden>Tidak ada koneksi internet. Yang tampil mungkin sudah lama.</p>
<main id="screen" aria-busy="true" data-mailbox="${mailbox ?? ''}">
  <p class="quiet">Memuat…</p>
  <noscript><p class="notice">Halaman ini memerlukan JavaScript.</p></noscript>
</main>
<p class="toast" id="toast" role="status"></p>`,
  })
}
