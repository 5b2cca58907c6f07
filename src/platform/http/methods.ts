/** 405 with `Allow` where the address exists and the method does not; Fastify itself would say 404. */
import type { FastifyInstance } from 'fastify'

/** Watches routes being added; answers the methods that a path takes, empty for an unknown path. */
export function watchMethods(app: FastifyInstance): (path: string) => string[] {
  const patterns = new Map<string, { matches: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = patterns.get(url) ?? { matches: toRegExp(url), methods: new Set() }
    for (const one of [method].flat()) known.methods.add(one)
    patterns.set(url, known)
  })
  return (path) => {
    const found = [...patterns.values()].filter(({ matches }) => matches.test(path))
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort()
  }
}

/** `/orders/:invoice/cancel` and `/assets/*`, the only patterns in use. */
function toRegExp(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replace(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`)
}
