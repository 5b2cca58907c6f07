/** `niaga jobs`: what waits, runs, or has failed for good. */
import type { Command } from 'commander'
import { listJobs, retryJob } from '../../platform/jobs/list.ts'
import { rowsOf, withOpenDatabase } from '../databases.ts'
import { eventNumber, limitOption } from './options.ts'
import { instant, printRows } from './output.ts'
import { Refusal } from './refusal.ts'

export function jobsCommands(program: Command): void {
  const jobs = program.command('jobs').description('the durable jobs of every database')

  jobs
    .command('list')
    .description('dead jobs first, then by the time they are due')
    .option('--database <name>', 'only this database, e.g. db_store1')
    .option('--limit <n>', 'at most so many of each database', limitOption, 50)
    .option('--json', 'for scripts')
    .action(async (options: { database?: string; limit: number; json?: boolean }) => {
      printRows(
        await rowsOf('jobs', options.database, (db) => listJobs(db, options.limit)),
        {
          database: (job) => job.database,
          id: (job) => job.id,
          task: (job) => job.task,
          state: (job) => job.state,
          due: (job) => instant(job.run_at),
          tries: (job) => `${job.attempts}/${job.max_attempts}`,
          key: (job) => job.key,
          'last error': (job) => job.last_error?.split('\n')[0]?.slice(0, 80),
        },
        options.json,
      )
    })

  jobs
    .command('retry <id>')
    .description('make a dead or waiting job due now, with all its tries ahead of it')
    .requiredOption('--database <name>', 'whose job, e.g. db_store1')
    .action(async (text: string, options: { database: string }) => {
      const id = eventNumber(text)
      await withOpenDatabase('jobs', options.database, async (db) => {
        if (!(await retryJob(db, id))) throw new Refusal(`job ${id} is not there, or runs right now`)
        console.log(`job ${id} is due now`)
      })
    })
}
