import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConfigurationError } from '../platform/configuration.ts'
import { readEnvFile, writeEnvFile } from './env-file.ts'

const folder = await mkdtemp(join(tmpdir(), 'niaga-env-'))
after(() => rm(folder, { recursive: true }))

test('a file that is not there is made for its owner alone, and read back whole', async () => {
  const file = join(folder, 'new', '.env')
  const variables = { A: 'plain', B: "it's", C: 'say "hi" # no comment', D: '', E: '12345:aB-c_d' }
  await writeEnvFile(variables, file)
  assert.deepEqual({ ...readEnvFile(file) }, variables)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
})

test('other lines, comments and the file’s mode stay; a variable is there once', async () => {
  const file = join(folder, 'kept.env')
  await writeFile(file, '# mine\nA=1\n\nexport B=2\nA=3\n\n')
  await chmod(file, 0o640)
  await writeEnvFile({ A: '4', C: '5' }, file)
  assert.equal(await readFile(file, 'utf8'), '# mine\n\nexport B=2\nA=4\nC=5\n')
  assert.equal((await stat(file)).mode & 0o777, 0o640)
})

test('what the format cannot hold is refused, and the file is as before', async () => {
  const file = join(folder, 'refused.env')
  await writeFile(file, 'A=1\n')
  for (const value of ['a\'b"c`d', '"\\n`\'']) {
    await assert.rejects(writeEnvFile({ B: value }, file), ConfigurationError)
  }
  assert.equal(await readFile(file, 'utf8'), 'A=1\n')
})

test('twenty writers at once: some are refused, and nothing of the others is lost', async () => {
  const file = join(folder, 'crowd.env')
  const names = Array.from({ length: 20 }, (_, i) => `V${i}`)
  const outcomes = await Promise.allSettled(names.map((name) => writeEnvFile({ [name]: 'x' }, file)))
  const written = names.filter((_, i) => outcomes[i]?.status === 'fulfilled')
  assert.ok(written.length >= 1)
  assert.deepEqual(Object.keys(readEnvFile(file)).toSorted(), written.toSorted())
  assert.ok(outcomes.every((one) => one.status === 'fulfilled' || one.reason instanceof ConfigurationError))
})
