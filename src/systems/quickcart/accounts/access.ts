/** Who is there: the shop's people by their row, services by their key (QuickCart, §10). */
import type { FastifyRequest } from 'fastify'
import { type Account, createAccess } from '../../../platform/access/authenticate.ts'
import type { Access } from '../../../platform/access/guard.ts'
import { createTokens, type Tokens } from '../../../platform/access/tokens.ts'
import type { Store } from '../store.ts'
import { permissions, type Role } from './roles.ts'
import { selectUser } from './user.queries.ts'
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
    loadAccount: async (subject): Promise<Account | undefined> => {
      const user = await selectUser(store.db, userId(subject))
      if (!user || user.erased_at !== null) return undefined
      const { member_status: role, is_banned: banned } = user
      return { roles: [role], actor: role === 'admin' ? 'admin' : 'user', banned }
    },
  })
}

/** Whose prices a request sees; a stranger sees a customer's. */
export function roleOfRequest({ identity }: FastifyRequest): Role {
  const roles: readonly Role[] = ['admin', 'reseller']
  return roles.find((role) => identity?.roles.includes(role)) ?? 'customer'
}
