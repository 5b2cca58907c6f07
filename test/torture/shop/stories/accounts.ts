/** People come, and are shut out and let in again. */

import { isConnectionLoss } from '../../../../src/postgres/errors.ts'
import { sql } from '../../../../src/postgres/sql.ts'
import type { Random } from '../../../random.ts'
import { ADMIN } from '../../stage.ts'
import { type Cast, key, withOne } from '../cast.ts'
import { place, someCart } from './order.ts'
import { pay } from './payer.ts'

export async function sayHello({ stage, people }: Cast, random: Random): Promise<void> {
  stage.telegram.sendText(random.pick(people), random.pick(['/start', '/stock', 'AKUN', '/help']))
}

/** While they pay. From the answer on nothing of theirs is open and nothing is sold to them, until they are let in. */
export async function banAndUnban(cast: Cast, random: Random): Promise<void> {
  const { client, model } = cast
  await withOne(cast, random, cast.people, async (person) => {
    model.everBanned.add(person)
    const open = await place(cast, person, someCart(cast, random, 'qris'), key(cast))
    if (open && random.chance(0.5)) pay(cast, random, open.invoice, true)
    const ban = await client.ask(ADMIN, `/admin/users/${person}/ban`, { method: 'POST' })
    if (ban.status < 300) {
      await nothingOpen(cast, person)
      const sold = await place(cast, person, someCart(cast, random, 'account_balance'), key(cast))
      if (sold) model.violated('banned', `${person} is shut out, and bought ${sold.invoice}`)
    }
    const { status, body } = await client.ask(ADMIN, `/admin/users/${person}/unban`, { method: 'POST' })
    if (status >= 300) model.violated('banned', `${person} was not let in: ${status} ${body.code ?? ''}`)
    const me = await client.ask(person, '/me')
    if (me.status >= 300) model.violated('banned', `${person} is let in, and told ${me.body.code ?? ''}`)
  })
}

async function nothingOpen({ stage, model }: Cast, person: number): Promise<void> {
  const row = await stage.db
    .one<{ open: number }>(sql`
      select ((select count(*) from orders where user_id = ${person} and status = 'pending')
        + (select count(*) from deposits where user_id = ${person} and status = 'pending'))::int as open`)
    .catch((error: unknown) => {
      // The server may be away just now.
      if (!isConnectionLoss(error)) throw error
    })
  if (row && row.open > 0)
    model.violated('banned', `${person} is shut out, and ${row.open} payments are open`)
}
