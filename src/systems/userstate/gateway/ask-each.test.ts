import assert from 'node:assert/strict'
import { test } from 'node:test'
import { XenditError, type XenditFailure } from '../../../gateways/xendit/errors.ts'
import { silentLog } from '../../../kernel/log.ts'
import { fail } from '../errors.ts'
import { askEach } from './ask-each.ts'

const ids = Array.from({ length: 20 }, (_, n) => BigInt(n))
const { signal } = new AbortController()

/** Answers what was asked and what was told of. */
async function asked(ask: (id: bigint) => Promise<unknown>) {
  const seen: bigint[] = []
  const told: object[] = []
  const log = { ...silentLog, error: (fields: object) => void told.push(fields) }
  const done = askEach({ log }, ids, signal, async (id) => {
    seen.push(id)
    return await ask(id)
  })
  const outcome = await done.then(
    () => 'done',
    (error: unknown) => error,
  )
  return { seen: seen.length, told: told.length, outcome }
}

test('one that cannot be booked is told of, and all others are asked', async () => {
  const broken = async (id: bigint) => {
    if (id === 3n) throw new TypeError('not this one')
  }
  assert.deepEqual(await asked(broken), { seen: 20, told: 1, outcome: 'done' })
})

const unanswered = (kind: XenditFailure) => async () => {
  throw fail('gateway_unavailable', {}, { cause: new XenditError(kind, 'get invoice') })
}

test('a gateway that answers none of a round is not asked for the rest', async () => {
  for (const kind of ['unavailable', 'busy', 'not_admitted', 'no_answer'] as const)
    assert.deepEqual(await asked(unanswered(kind)), { seen: 8, told: 0, outcome: 'done' }, kind)
})

test('a no about each of a round is told of, and those behind it are asked', async () => {
  assert.deepEqual(await asked(unanswered('rejected')), { seen: 20, told: 20, outcome: 'done' })
})

test('where the database is away nothing is told of each of them: the job fails, and comes again', async () => {
  const away = fail('unavailable')
  const { seen, told, outcome } = await asked(async () => {
    throw away
  })
  assert.deepEqual([seen, told, outcome], [8, 0, away])
})
