/** Who is there: people by their row and session, services by their key (UserState, §9). */
import { type Account, createAccess } from '../../../platform/access/authenticate.ts'
import type { Access } from '../../../platform/access/guard.ts'
import { sql } from '../../../postgres/sql.ts'
import { SYSTEM } from '../databases.ts'
import { keyAuthentication } from '../services/api-keys.ts'
import type { Store } from '../store.ts'
import { permissions, type StaffRole } from './roles.ts'

export function walletAccess(store: Store): Access {
  const { db, tokens } = store
  return createAccess({
    system: SYSTEM,
    db,
    tokens,
    permissions,
    loadAccount: (...who) => loadAccount(store, ...who),
    basic: keyAuthentication(store),
  })
}

async function loadAccount({ db }: Store, subject: string, sessionId: string): Promise<Account | undefined> {
  const found = await db.maybeOne<{ disabled: boolean; roles: StaffRole[] }>(sql`
    select l.disabled, array(select r.role from user_role r where r.username = l.username) as roles
    from user_login l
    where l.username = ${subject}
      and exists (select from niaga.session s where s.id = ${sessionId} and s.revoked_at is null)`)
  if (!found) return undefined
  const { disabled, roles } = found
  return { roles: ['user', ...roles], actor: roles.length > 0 ? 'admin' : 'user', banned: disabled }
}
