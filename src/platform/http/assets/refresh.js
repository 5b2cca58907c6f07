// Keeps <main data-refresh="ms"> current while somebody looks at the page.
const main = document.querySelector('main[data-refresh]')

async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    if (!answer.ok) return
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main')
    // Only what changed, so that a selection or the focus in the rest stays.
    if (next && next.innerHTML !== main.innerHTML) main.replaceChildren(...next.childNodes)
  } catch {
    // The server is away: what is shown stays until it is back.
  }
}

if (main) {
  setInterval(() => {
    if (!document.hidden) void refresh()
  }, Number(main.dataset.refresh))
}
