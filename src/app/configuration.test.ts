/** What the environment may not say is told before anything starts, all of it at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigurationError } from '../platform/configuration.ts'
import { readUrl } from '../postgres/connection.ts'
import { loadConfiguration } from './configuration.ts'

type Variables = Readonly<Record<string, string>>

/** A production that has all it needs. */
const PRODUCTION = {
  NIAGA_ENVIRONMENT: 'production',
  FIELD_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  OTP_PEPPER: 'sixteen-characters-and-more',
  SMTP_URL: 'smtps://user:password@mail.example',
  XENDIT_BASE_URL: 'https://api.xendit.co',
  XENDIT_SECRET_KEY: 'xnd_production_key',
  XENDIT_CALLBACK_TOKEN: 'a-token-of-callbacks',
  FCM_SERVICE_ACCOUNT: JSON.stringify({
    project_id: 'userstate',
    client_email: 'push@userstate.example',
    private_key: '-----BEGIN PRIVATE KEY-----',
    token_uri: 'https://oauth2.googleapis.com/token',
  }),
}

/** What a start is refused with; the first lines of `niaga start`, before it touches anything. */
function refusal(environment: Variables): string {
  try {
    for (const system of loadConfiguration(environment).systems) system.checkEnvironment?.(environment)
    return ''
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error))
    return error.problems.join('\n')
  }
}

function poolOf(environment: Variables): number | undefined {
  const wallet = loadConfiguration({ PS_HOST: 'localhost', ...environment })
    .systems.flatMap(({ databases }) => databases)
    .find(({ name }) => name === 'userstate')
  return readUrl(wallet?.urlOf?.({ PS_HOST: 'localhost', ...environment }) ?? '').pool.max
}

test('check 56: PS_POOL_MAX is 50 where unset, a whole number from 1 to 1000 elsewhere, and anything else is refused once', () => {
  assert.equal(poolOf({}), 50)
  assert.equal(poolOf({ PS_POOL_MAX: '1000' }), 1000)
  for (const PS_POOL_MAX of ['abc', '0', '1001', '5.5', '-1']) {
    assert.match(refusal({ PS_POOL_MAX }), /^PS_POOL_MAX: must be a whole number from 1 to 1000 .*$/)
  }
})

test('check 56: PS_DIALECT=mysql is refused with the word that it may be', () => {
  assert.match(refusal({ PS_DIALECT: 'mysql' }), /^PS_DIALECT: must be one of postgres /)
  assert.equal(refusal({ PS_DIALECT: 'postgres' }), '')
})

test('check 56: production refuses to start on a simulator, or on a gateway that is not reached over TLS', () => {
  assert.equal(refusal(PRODUCTION), '')
  for (const url of ['https://wallet.example/sim/xendit', 'http://api.xendit.co', 'http://localhost:8080']) {
    assert.match(refusal({ ...PRODUCTION, XENDIT_BASE_URL: url }), /^XENDIT_BASE_URL: .* is a simulator; .*$/)
  }
  assert.equal(refusal({ ...PRODUCTION, NIAGA_ENVIRONMENT: 'development' }), '')
})

test('check 56: production without its secrets says all that is missing at once', () => {
  const said = refusal({ NIAGA_ENVIRONMENT: 'production' })
  for (const name of Object.keys(PRODUCTION).slice(1))
    assert.match(said, new RegExp(`^${name}: is needed`, 'm'))
})

test('check 56: DB_SYNC is refused in production, and in development anything but alter', () => {
  assert.match(refusal({ ...PRODUCTION, DB_SYNC: 'alter' }), /^DB_SYNC: is for development alone; .*$/)
  assert.equal(refusal({ DB_SYNC: 'alter' }), '')
  assert.match(refusal({ DB_SYNC: 'force' }), /^DB_SYNC: must be one of alter /)
})

test('PS_SSLMODE: production talks to another machine encrypted, or not at all', () => {
  const remote = { ...PRODUCTION, PS_HOST: 'db.example' }
  for (const mode of [{}, { PS_SSLMODE: 'disable' }]) {
    assert.match(refusal({ ...remote, ...mode }), /^PS_SSLMODE: must be require or verify-full in production/)
  }
  for (const PS_SSLMODE of ['require', 'verify-full']) assert.equal(refusal({ ...remote, PS_SSLMODE }), '')
  for (const PS_HOST of ['localhost', '127.0.0.1', '::1'])
    assert.equal(refusal({ ...PRODUCTION, PS_HOST }), '')
  assert.equal(refusal({ PS_HOST: 'db.example' }), '')
})

test('a schedule of backups that no clock shows is refused and says why; left to the tick, none would ever be made', () => {
  const said = (schedule: string) => refusal({ NIAGA_BACKUP_SCHEDULE: schedule })
  assert.match(said('61 2 * * *'), /^NIAGA_BACKUP_SCHEDULE: "61" is no minute: they go from 0 to 59 \(.*$/)
  assert.match(said('0 24 * * *'), /^NIAGA_BACKUP_SCHEDULE: "24" is no hour/)
  for (const wrong of [
    '0 2 * *',
    '0 2 * * * *',
    '0 2 0 * *',
    '0 2 * 13 *',
    '0 2 * * 8',
    '0 5-3 * * *',
    '*/0 * * * *',
  ])
    assert.match(said(wrong), /^NIAGA_BACKUP_SCHEDULE: [^\n]+$/, wrong)
  for (const right of ['15 2 * * *', '*/15 0-6,23 1,15 * 7', '0 8-18/2 * 1-12 1-5'])
    assert.equal(said(right), '')
})
