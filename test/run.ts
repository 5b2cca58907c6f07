/**
 * `npm test`: one PostgreSQL for the run, then node's own runner over every `*.test.ts`, or those named.
 *
 *     npm test -- src/ledger            only files whose path contains one of the words
 *     npm test -- --failed              only files in which a test failed the last time
 */
import { createWriteStream, globSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { forgetTestServer, startTestServer } from './database.ts'
import failedFiles from './failed-files.ts'

const FOLDER = join(import.meta.dirname, '..', '.niaga')
const FAILED = join(FOLDER, 'failed-tests')

const words = process.argv.slice(2).flatMap((word) => (word === '--failed' ? failedBefore() : [word]))
// Backwards: those that start the application again and again come first, the small ones of the floors fill the gaps at
// the end, and no long one is left alone.
const files = globSync('{src,test,bench}/**/*.test.ts')
  .sort()
  .reverse()
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
if (files.length === 0) {
  console.error(`no test file has ${words.join(' or ')} in its path`)
  process.exit(1)
}

const left = await startTestServer()
if (!left.adopted || process.env.CI) {
  // What an earlier run kept for looking at is cleared by the next one.
  await left.stop()
  await forgetTestServer()
}
const server = await startTestServer()
try {
  mkdirSync(FOLDER, { recursive: true })
  // Every file is a process of its own and loads the whole house: compiled once, that takes a fifth less.
  process.env.NODE_COMPILE_CACHE = join(FOLDER, 'compiled')
  const events = run({ files, concurrency: availableParallelism() * 2, timeout: 600_000 })
  events.on('test:fail', () => {
    process.exitCode = 1
  })
  await Promise.all([
    pipeline(events.compose(new spec()), process.stdout, { end: false }),
    pipeline(events.compose(failedFiles), createWriteStream(FAILED)),
  ])
} finally {
  if (!server.adopted) await server.stop()
}

/** Of the working folder, as they are found above; none, and so all, where only helpers failed. */
function failedBefore(): string[] {
  const files = readFileSync(FAILED, 'utf8').split('\n').filter(Boolean)
  return files.map((file) => relative(process.cwd(), file.replace(/^file:\/\//, '')))
}
