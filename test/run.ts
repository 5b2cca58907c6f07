/**
 * `npm test`: one PostgreSQL for the run, then node's own runner over every `*.test.ts`, or those named.
 *
 *     npm test -- src/ledger            only files whose path contains one of the words
 *     npm test -- --failed              only files in which a test failed the last time
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { forgetTestServer, startTestServer } from './database.ts'

const FOLDER = join(import.meta.dirname, '..', '.niaga')
const FAILED = join(FOLDER, 'failed-tests')

const words = process.argv.slice(2).flatMap((word) => (word === '--failed' ? failedBefore() : [word]))
const files = globSync('{src,test,bench}/**/*.test.ts')
  .sort()
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
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${pathToFileURL(join(import.meta.dirname, 'failed-files.ts'))}`,
    `--test-reporter-destination=${FAILED}`,
  ]
  const flags = ['--test', `--test-concurrency=${availableParallelism() * 2}`, '--test-timeout=600000']
  // Every file is a process of its own and loads the whole house: compiled once, that takes a fifth less.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(FOLDER, 'compiled') }
  const child = spawn(process.execPath, [...flags, ...reporters, ...files], { stdio: 'inherit', env })
  const [code] = await once(child, 'exit')
  process.exitCode = Number(code ?? 1)
} finally {
  if (!server.adopted) await server.stop()
}

/** Of the working folder, as they are found above; none, and so all, where only helpers failed. */
function failedBefore(): string[] {
  const files = readFileSync(FAILED, 'utf8').split('\n').filter(Boolean)
  return files.map((file) => relative(process.cwd(), file.replace(/^file:\/\//, '')))
}
