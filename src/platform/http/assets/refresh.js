// Keeps <main data-refresh="ms"> current while somebody looks at the page.
const main = document.querySelector('main[data-refresh]')

async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    if (!answer.ok) throw new Error(`answered ${answer.status}`)
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main')
    if (next) renewChildren(main, next)
    delete main.dataset.away
  } catch {
    // What is shown stays, and says that it is old, until the server is back.
    main.dataset.away = ''
  }
}

/** Touches only what changed, so that a selection or the focus in the rest stays. */
function renewChildren(shown, next) {
  const children = [...next.childNodes]
  if (shown.childNodes.length !== children.length) return shown.replaceChildren(...children)
  for (const [i, child] of [...shown.childNodes].entries()) renew(child, children[i])
}

function renew(shown, next) {
  if (shown.isEqualNode(next)) return
  if (shown.nodeName !== next.nodeName || shown.className !== next.className) return shown.replaceWith(next)
  if (shown.nodeType === Node.TEXT_NODE) {
    shown.data = next.data
    return
  }
  for (const { name, value } of next.attributes) shown.setAttribute(name, value)
  renewChildren(shown, next)
}

if (main) {
  setInterval(() => {
    if (!document.hidden) void refresh()
  }, Number(main.dataset.refresh))
}
