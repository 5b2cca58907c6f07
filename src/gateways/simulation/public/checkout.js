// Follows the transaction: polling is enough for one payer, and survives a server that restarts.
const POLL_MS = 1000
const { dataset } = document.body
const countdown = document.querySelector('[data-countdown]')
const buttons = document.querySelectorAll('[data-send]')
const problem = document.querySelector('[data-problem]')
const back = document.querySelector('[data-back]')

// The gateway's clock may run ahead of this device's.
let ahead = Number(dataset.now) - Date.now()

function tick() {
  const left = Math.max(0, Math.round((Number(dataset.expires) - Date.now() - ahead) / 1000))
  const minutes = String(Math.floor(left / 60)).padStart(2, '0')
  countdown.textContent = `${minutes}:${String(left % 60).padStart(2, '0')}`
}

function say(text) {
  problem.textContent = text
  problem.hidden = text === ''
}

async function follow() {
  try {
    const response = await fetch(dataset.status)
    if (response.ok) show(await response.json())
  } catch {
    // The next poll tries again; the page keeps showing what it knows.
    countdown.textContent = '…'
  }
  if (dataset.state === 'pending') setTimeout(follow, POLL_MS)
}

function show({ status, now, expires_at: expiresAt }) {
  dataset.state = status
  if (now) ahead = now - Date.now()
  if (expiresAt) dataset.expires = String(expiresAt)
}

/** A button names what it sends to: `data-send="pay"` posts the chosen payment method to `data-pay`. */
async function send(button) {
  const method = document.querySelector('[name=method]:checked')?.value
  for (const each of buttons) each.disabled = true
  say('')
  try {
    const body = JSON.stringify(method ? { method } : {})
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    const response = await fetch(dataset[button.dataset.send], options)
    if (response.ok) show(await response.json())
    else say('Pembayaran ditolak. Muat ulang halaman untuk melihat status terbaru.')
  } catch {
    say('Tidak tersambung. Periksa koneksi Anda, lalu coba lagi.')
  }
  for (const each of buttons) each.disabled = false
}

for (const button of buttons) button.addEventListener('click', () => send(button))
if (back && history.length > 1) {
  back.hidden = false
  back.addEventListener('click', (event) => {
    event.preventDefault()
    history.back()
  })
}
tick()
setInterval(tick, 1000)
await follow()
