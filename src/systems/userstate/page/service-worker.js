// The page opens without a network. Only the files in KEPT, which the server writes above this line, are ever kept:
// answers of the API are somebody's money and go past this worker.
const CACHE = 'wallet-shell'

self.addEventListener('install', (event) => {
  const fresh = KEPT.map((path) => new Request(path, { cache: 'reload' }))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin || !KEPT.includes(pathname)) return
  event.respondWith(freshOrKept(request, pathname))
})

/** From the network where there is one, so that nobody keeps an old version. */
async function freshOrKept(request, pathname) {
  const cache = await caches.open(CACHE)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(pathname, answer.clone())
    return answer
  } catch (error) {
    const kept = await cache.match(pathname)
    if (kept) return kept
    throw error
  }
}
