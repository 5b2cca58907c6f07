/** What a scratch leaves behind, however its process ends: nothing. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startTestServer } from '../../test/database.ts'
import { withClient } from './session.ts'

const temporary = await mkdtemp(join(tmpdir(), 'niaga-temporary-'))
// Started by root, PostgreSQL works under another account, and elsewhere if that one may not pass here.
await chmod(temporary, 0o755)
after(() => rm(temporary, { recursive: true }))

const connect = (url: string) => withClient({ connectionString: url }, async () => undefined)

/** A process that works with a scratch database until it is told otherwise. */
async function working(serverUrl?: string) {
  const script = `
    import { writeFile } from 'node:fs/promises'
    import { withScratch } from ${JSON.stringify(import.meta.resolve('./scratch.ts'))}
    setInterval(() => undefined, 60_000)
    await withScratch(async ({ folder, database }) => {
      await writeFile(folder + '/secret', 'what a backup holds')
      console.log(await database('proof'))
      await new Promise(() => undefined)
    }, { serverUrl: ${JSON.stringify(serverUrl)} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: temporary, NODE_TEST_CONTEXT: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(child.stdout, 'data')
  const url = String(said).trim()
  return {
    url,
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal)
      const [, by] = await once(child, 'exit')
      return by
    },
  }
}

test('interrupted, it leaves no folder and no server, nor what one that was killed outright has left', async () => {
  const killed = await working()
  await killed.end('SIGKILL')
  await connect(killed.url)

  const interrupted = await working()
  await assert.rejects(connect(killed.url))
  assert.equal((await readdir(temporary)).length, 1)
  assert.equal(await interrupted.end('SIGINT'), 'SIGINT')
  await assert.rejects(connect(interrupted.url))
  assert.deepEqual(await readdir(temporary), [])
})

test('on a server that was given, its databases are dropped', async () => {
  const { url: serverUrl } = await startTestServer()
  const { url, end } = await working(serverUrl)
  assert.equal(await end('SIGTERM'), 'SIGTERM')
  await assert.rejects(connect(url), /does not exist/)
  assert.deepEqual(await readdir(temporary), [])
})
