/** Who is there: the shop's people by their row, services by their key (QuickCart, §10). */
import type { FastifyRequest } from 'fastify'
import { type Account, createAccess } from '../../../platform/access/authenticate.ts'
import type { Access } from '../../../platform/access/guard.ts'
import { createTokens, type Tokens } from '../../../platform/access/tokens.ts'
import type { Store } from '../store.ts'
import { permissions, type Role } from './roles.ts'
import { selectAccount } from './user.queries.ts'
import { userId } from './user-id.ts'

/** QuickCart, §6: "rotating refresh, 24 h". */
const REFRESH_SECONDS = 24 * 60 * 60

export function shopTokens(store: Store): Tokens {
  const { identity, db, config } = store
  return createTokens({
    db,
    system: identity.system,
    seal: config.fieldKeys,
    refreshSeconds: REFRESH_SECONDS,
  })
}

export function shopAccess(store: Store, tokens: Tokens): Access {
  return createAccess({
    system: store.identity.system,
    db: store.db,
    tokens,
    permissions,
    loadAccount: async (subject, sessionId): Promise<Account | undefined> => {
      const found = await selectAccount(store.db, userId(subject), sessionId)
      if (!found) return undefined
      const { role, banned } = found
      return { roles: [role], actor: role === 'admin' ? 'admin' : 'user', banned }
    },
  })
}

/** Whose prices a request sees; a stranger sees a customer's. */
export function roleOfRequest({ identity }: FastifyRequest): Role {
  const roles: readonly Role[] = ['admin', 'reseller']
  return roles.find((role) => identity?.roles.includes(role)) ?? 'customer'
}
