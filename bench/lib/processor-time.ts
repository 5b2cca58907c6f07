/** Processor time of a server process: unlike a rate, it means the same on a busy machine. Linux only. */
import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** A clock tick of /proc is 10 ms on every Linux that Node runs on. */
const TICK_US = 10_000

/** Microseconds of user and system time that the backend behind this connection has used so far. */
export async function processorTime(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const stat = await readFile(`/proc/${rows[0]?.pid}/stat`, 'utf8')
  // The process name, in brackets, may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}
