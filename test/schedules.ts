/** Whether a schedule's time has come and its job is not in the queue yet: for who waits until nothing is left to do. */
import { lastSlot } from '../src/platform/jobs/cron.ts'
import type { Database } from '../src/postgres/database.ts'
import { sql } from '../src/postgres/sql.ts'

export async function schedulesAreDue(db: Database, now: Date): Promise<boolean> {
  const known = await db.many<{ name: string; last: Date }>(
    sql`select name, last_slot as last from niaga.cron`,
  )
  return known.some(({ name, last }) => {
    // "quickcart.payment_sweep * * * * *"
    const schedule = name.split(' ').slice(-5).join(' ')
    return lastSlot({ schedule }, last, now) !== undefined
  })
}
