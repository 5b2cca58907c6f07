/**
 * The role that the running application works as: it may do what its code does and nothing more. Migrations,
 * maintenance and generation stay with the owner of the tables.
 *
 * Each component's migrations grant it what that component's code needs. Roles belong to the server, so that
 * several databases, and several migrators at once, share it.
 */
import { createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { withLogin } from './connection.ts'
import { sqlState } from './errors.ts'
import { withClient } from './session.ts'

export const APPLICATION_ROLE = 'niaga_app'

const INSUFFICIENT_PRIVILEGE = '42501'
/** Somebody else makes or changes the same role: duplicate_object, unique_violation, "tuple concurrently updated". */
const RACES = new Set(['42710', '23505', 'XX000'])
const ATTEMPTS = 10

export class RoleMissing extends Error {
  override readonly name = 'RoleMissing'
}

/**
 * Makes the role where it is missing, and lets whoever asks act as it where that can be granted. Safe to run again.
 * @throws RoleMissing saying what an administrator must run, where this login may make no roles.
 */
export async function ensureRole(client: pg.ClientBase, role = APPLICATION_ROLE): Promise<void> {
  const name = pg.escapeIdentifier(role)
  await throughRaces(async () => {
    const { rows } = await client.query<{ login: string; there: boolean }>(
      'select current_user as login, exists (select from pg_roles where rolname = $1) as there',
      [role],
    )
    const login = pg.escapeIdentifier(rows[0]?.login ?? '')
    if (!rows[0]?.there && !(await allowed(() => client.query(`create role ${name} nologin`)))) {
      throw new RoleMissing(
        `The role ${role}, which the application works as, is missing, and ${login} may not create roles. ` +
          `Let an administrator run this once on the server, and try again:\n` +
          `  create role ${name} nologin;\n  grant ${name} to ${login};`,
      )
    }
    // From 16 on whoever makes a role may grant it, but not act as it, until they say so.
    const { rows: may } = await client.query<{ set: boolean }>(
      `select pg_has_role($1, case when current_setting('server_version_num')::integer >= 160000
         then 'SET' else 'MEMBER' end) as set`,
      [role],
    )
    // Not granted to us: an application with a login of its own needs no such grant, and one without is told at start.
    if (!may[0]?.set) await allowed(() => client.query(`grant ${name} to ${login}`))
  })
}

/**
 * On a server of our own the role logs in itself, so that no owner stands behind it. Answers the URL for that; its
 * password follows from the superuser's, and is set again by each start of the server.
 */
export async function openToApplication({ url, adopted }: OwnServer): Promise<string> {
  const password = createHmac('sha256', new URL(url).password).update(APPLICATION_ROLE).digest('base64url')
  await withClient({ connectionString: url }, async (client) => {
    await ensureRole(client)
    await throughRaces(async () => {
      const { rows } = await client.query<{ login: boolean }>(
        'select rolcanlogin as login from pg_roles where rolname = $1',
        [APPLICATION_ROLE],
      )
      if (rows[0]?.login && adopted) return
      await client.query(`alter role ${APPLICATION_ROLE} login password ${pg.escapeLiteral(password)}`)
    })
  })
  return withLogin(url, APPLICATION_ROLE, password)
}

interface OwnServer {
  /** A superuser's, with the password. */
  readonly url: string
  /** It ran already. */
  readonly adopted: boolean
}

/** False where the login may not do that. */
async function allowed(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (sqlState(error) === INSUFFICIENT_PRIVILEGE) return false
    throw error
  }
}

/** No lock spans the databases of a server: who loses looks again. */
async function throughRaces(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      if (attempt === ATTEMPTS || !RACES.has(sqlState(error) ?? '')) throw error
      await wait(Math.random() * 20 * attempt)
    }
  }
}

export interface Rights {
  /** Who logged in, and as whom the statements run. */
  readonly login: string
  readonly role: string
  /** The statements run with rights of a superuser or of an owner of schemas: nothing is confined. */
  readonly unconfined: boolean
  /** The login could take an owner's rights back by `set role none`. */
  readonly escapable: boolean
}

/** What a connection may do, asked of the server. */
export async function rightsOf(connection: pg.ClientConfig): Promise<Rights> {
  return await withClient(connection, async (client) => {
    const owns = (who: string) => `(select rolsuper from pg_roles where rolname = ${who}) or exists (
      select from pg_namespace n where n.nspname not in ('information_schema', 'public') and n.nspname !~ '^pg_'
        and pg_has_role(${who}, n.nspowner, 'MEMBER'))`
    const { rows } = await client.query<Rights>(
      `select session_user::text as login, current_user::text as role,
         ${owns('current_user')} as unconfined, ${owns('session_user')} as escapable`,
    )
    if (!rows[0]) throw new Error('the server did not say who we are')
    return rows[0]
  })
}
