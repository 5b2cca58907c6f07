// Buttons and switches say in data attributes what they send; the list renews itself.
const POLL_MS = 1500
const list = document.querySelector('#list')
const problem = document.querySelector('[data-problem]')
let shown = list.innerHTML

async function send(method, url, body) {
  problem.hidden = true
  try {
    const json = { headers: { 'content-type': 'application/json' }, body: body ?? '{}' }
    const response = await fetch(url, method === 'DELETE' ? { method } : { method, ...json })
    if (!response.ok) complain((await response.json()).error)
  } catch {
    complain('The simulator does not answer')
  }
  await renew()
}

function complain(text) {
  problem.textContent = text
  problem.hidden = false
}

async function renew() {
  try {
    const text = await (await fetch(`_sim/list${location.search}`)).text()
    // Untouched while equal: a button must not vanish under the finger.
    if (text === shown) return
    shown = text
    list.innerHTML = text
  } catch {
    complain('The simulator does not answer')
  }
}

document.addEventListener('click', async ({ target }) => {
  const button = target.closest('button[data-url]')
  if (!button) return
  button.disabled = true
  await send(button.dataset.method, button.dataset.url, button.dataset.body)
  button.disabled = false
  if (button.dataset.url.endsWith('/behave')) location.reload()
})

document.addEventListener('change', async ({ target }) => {
  const { onMethod, onUrl, onBody, offMethod, offUrl, offBody } = target.dataset
  if (target.checked) await send(onMethod, onUrl, onBody)
  else if (offUrl) await send(offMethod, offUrl, offBody)
})

async function follow() {
  if (!document.hidden) await renew()
  setTimeout(follow, POLL_MS)
}
setTimeout(follow, POLL_MS)
