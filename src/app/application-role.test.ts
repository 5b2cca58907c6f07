/** The role under the conditions of real servers: many migrators, no superuser, no right to make roles. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import pg from 'pg'
import { dropDatabase, emptyTestDatabase } from '../../test/database.ts'
import { silentLog } from '../kernel/log.ts'
import { ConfigurationError } from '../platform/configuration.ts'
import { APPLICATION_ROLE, ensureRole, RoleMissing, rightsOf } from '../postgres/application-role.ts'
import { readUrl, withLogin } from '../postgres/connection.ts'
import { openDatabase } from '../postgres/database.ts'
import { sql } from '../postgres/sql.ts'
import { checkApplicationRights } from './databases.ts'

const PASSWORD = 'of-a-test'
const url = await emptyTestDatabase()
const admin = new pg.Client({ connectionString: url })
await admin.connect()
// Some tests are about the role itself; no other file need have run before.
await ensureRole(admin)
const made: string[] = []
after(async () => {
  await admin.query(`drop owned by ${made.join(', ')}`)
  for (const role of made.toReversed()) await admin.query(`drop role if exists ${role}`)
  await admin.end()
  await dropDatabase(url)
})

/** A role name that no other test has; dropped afterwards. */
async function role(attributes?: string): Promise<string> {
  const name = `t_role_${randomBytes(4).toString('hex')}`
  if (attributes !== undefined) await admin.query(`create role ${name} ${attributes} password '${PASSWORD}'`)
  made.push(name)
  return name
}

async function as<T>(login: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: withLogin(url, login, PASSWORD) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

test('twenty migrators at once make one role, and each may act as it', async () => {
  const owner = await role('login createrole')
  const wanted = await role()
  await Promise.all(Array.from({ length: 20 }, () => as(owner, (client) => ensureRole(client, wanted))))
  await as(owner, (client) => client.query(`set role ${wanted}`))
})

test('an owner that is no superuser but may make roles makes it and may act as it', async () => {
  const owner = await role('login createrole')
  const wanted = await role()
  await as(owner, async (client) => {
    await ensureRole(client, wanted)
    await ensureRole(client, wanted)
    await client.query(`set role ${wanted}`)
  })
})

test('an owner that may make no roles is told what an administrator must run', async () => {
  const owner = await role('login')
  const wanted = await role()
  const refused = await as(owner, (client) => ensureRole(client, wanted)).catch((error: unknown) => error)
  assert.ok(refused instanceof RoleMissing)
  const commands = refused.message.split('\n').filter((line) => line.startsWith('  '))
  for (const command of commands) await admin.query(command)
  await as(owner, async (client) => {
    await ensureRole(client, wanted)
    await client.query(`set role ${wanted}`)
  })
})

test('a role that somebody else made is no obstacle to an owner who may not act as it', async () => {
  const owner = await role('login')
  const wanted = await role('nologin')
  await as(owner, (client) => ensureRole(client, wanted))
})

test('the role holds from the first statement on, whatever options the URL brings', async () => {
  const db = openDatabase({
    name: 'x',
    url: `${url}?options=-c%20role%3Dnone%20-c%20geqo%3Doff`,
    errors: {},
    role: APPLICATION_ROLE,
  })
  try {
    const row = await db.one(sql`select current_user::text as role, current_setting('geqo') as geqo`)
    assert.deepEqual(row, { role: APPLICATION_ROLE, geqo: 'off' })
  } finally {
    await db.close()
  }
})

async function check(databaseUrl: string): Promise<void> {
  const options = { name: 'db_x', url: databaseUrl, errors: {}, role: APPLICATION_ROLE }
  const db = openDatabase(options)
  try {
    await checkApplicationRights(db, silentLog)
  } finally {
    await db.close()
  }
}

test('a login that is not a member is refused at start, with what to run', async () => {
  const stranger = await role('login')
  const target = withLogin(url, stranger, PASSWORD)
  const refused = await check(target).catch((error: unknown) => error)
  assert.ok(refused instanceof ConfigurationError)
  assert.match(refused.message, /NIAGA_DB_X_APP_URL/)
  const command = /`(grant .*?)`/.exec(refused.message)?.[1]
  assert.ok(command, refused.message)
  await admin.query(command)
  await check(target)
  assert.deepEqual(await rightsOf(readUrl(target, APPLICATION_ROLE).pool), {
    login: stranger,
    role: APPLICATION_ROLE,
    unconfined: false,
    escapable: false,
  })
})

test('behind a pooler an owner as the login is refused, a member is not', async () => {
  const member = await role('login')
  await admin.query(`grant ${APPLICATION_ROLE} to ${member}`)
  await assert.rejects(check(`${url}?pgbouncer=true`), /works? with the rights of an owner/)
  await check(`${withLogin(url, member, PASSWORD)}?pgbouncer=true`)
})

test('an owner that only works as the role could shed it, and the check knows', async () => {
  const { unconfined, escapable } = await rightsOf(readUrl(url, APPLICATION_ROLE).pool)
  assert.deepEqual([unconfined, escapable], [false, true])
})
