/** A worker process that takes one `greet` job, says so, and never finishes it; its test kills it. */
import { silentLog } from '../../kernel/log.ts'
import { openDatabase } from '../../postgres/database.ts'
import { handle } from './job.ts'
import { greet } from './jobs.fixture.ts'
import { startJobs } from './worker.ts'

const database = openDatabase({ name: 'platform', url: process.argv[2] ?? '', errors: {} })
const stuck = handle(greet, async () => {
  process.stdout.write('taken\n')
  await new Promise(() => undefined)
})
await startJobs({ database, tasks: [stuck], cron: [], concurrency: 1, log: silentLog })
