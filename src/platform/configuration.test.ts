import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ConfigurationError,
  flag,
  idList,
  integer,
  list,
  oneOf,
  optional,
  readVariables,
  secret,
  url,
} from './configuration.ts'

const variables = {
  PORT: integer('the port', 0, 65_535, 8080),
  MODE: oneOf('the mode', ['a', 'b'], 'a'),
  DEMO: flag('the demo', true),
  ROOT: optional(url('the root')),
  ADMINS: idList('the admins'),
  PROXIES: list('the proxies'),
  KEY: secret('the key'),
}

test('what is not set has its default; what has none is a problem', () => {
  const read = readVariables(variables, { KEY: 'abcdefgh', PORT: '' })
  assert.deepEqual(read, {
    PORT: 8080,
    MODE: 'a',
    DEMO: true,
    ROOT: undefined,
    ADMINS: [],
    PROXIES: [],
    KEY: 'abcdefgh',
  })
  assert.throws(() => readVariables(variables, {}), /KEY: is not set \(the key\)/)
})

test('every problem is named at once, and no secret is repeated', () => {
  const wrong = { PORT: '99999', MODE: 'c', DEMO: 'maybe', ROOT: 'ftp://x', ADMINS: '1;2', KEY: 'short' }
  assert.throws(
    () => readVariables(variables, wrong),
    (error) => {
      assert.ok(error instanceof ConfigurationError)
      assert.equal(error.problems.length, 6)
      assert.doesNotMatch(error.message, /short/)
      return true
    },
  )
})

test('ids beyond 2^53 stay exact, a slash at the end of a URL goes', () => {
  const read = readVariables(variables, {
    KEY: 'abcdefgh',
    ADMINS: '9007199254740993, 2',
    ROOT: 'https://x.id/',
  })
  assert.deepEqual(read.ADMINS, [9007199254740993n, 2n])
  assert.equal(read.ROOT, 'https://x.id')
})
