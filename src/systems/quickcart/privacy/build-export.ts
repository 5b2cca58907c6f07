import type { Caller } from '../../../kernel/caller.ts'
import { exportDocument, pagesOf } from '../../../platform/export/document.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { type UserId, userId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import { exportFile } from './export-file.ts'
import { profile, type Section, sections } from './export-sections.ts'

/** Rows in memory at a time; an order carries up to a hundred goods. */
const PAGE = 100

/**
 * Collects everything about the person into a file that is theirs for 24 hours (QuickCart, §12). Safe to run again.
 * Where they were erased meanwhile nothing is left of it. `toChat`: it is sent there as well.
 */
export async function buildExport(
  store: Store,
  caller: Caller,
  { id, toChat }: { readonly id: bigint; readonly toChat: boolean },
): Promise<void> {
  const person = await begin(store, caller, id)
  if (person === undefined) return
  const bytes = await store.exports.write(exportFile(id), document(store, person))
  if (await finish(store, caller, { id, person, bytes, toChat })) return
  await store.exports.remove(exportFile(id))
}

/** Undefined where there is nothing to build: finished before, or the person is gone. */
async function begin(store: Store, caller: Caller, id: bigint): Promise<UserId | undefined> {
  const row = await inTransaction(store.db, caller, (tx) =>
    tx.maybeOne<{ user_id: bigint }>(sql`
      update privacy_requests set status = 'processing'
        where id = ${id} and kind = 'export' and status in ('requested', 'processing') returning user_id`),
  )
  return row && userId(row.user_id)
}

async function* document(store: Store, user: UserId): AsyncGenerator<string> {
  const { json } = await store.db.one<{ json: string }>(profile(user))
  yield* exportDocument(
    store.clock.now(),
    json,
    sections.map((section) => ({ name: section.name, pages: rowsOf(store, section, user) })),
  )
}

async function* rowsOf(store: Store, section: Section, user: UserId): AsyncGenerator<readonly string[]> {
  const pages = pagesOf<{ id: bigint; json: string }>(PAGE, (last) =>
    store[section.from].many(section.page({ user, after: last?.id ?? 0n, limit: PAGE })),
  )
  for await (const rows of pages) yield rows.map(({ json }) => json)
}

interface Built {
  readonly id: bigint
  readonly person: UserId
  readonly bytes: number
  readonly toChat: boolean
}

/** False where an erasure was faster: it has closed the request. */
async function finish(store: Store, caller: Caller, { id, person, bytes, toChat }: Built): Promise<boolean> {
  return await inTransaction(store.db, caller, async (tx) => {
    await tx.run(sql`select from users where id = ${person} for no key update`)
    const done = await tx.run(sql`
      update privacy_requests set status = 'done', completed_at = niaga.now(),
          download_until = niaga.now() + interval '24 hours', export_file = ${sql.json({ bytes })}
        where id = ${id} and status = 'processing'`)
    if (done > 0 && toChat)
      await tx.run(sql`select notify_user(${person}, 'export_ready', 'privacy', ${String(id)})`)
    return done > 0
  })
}

/** After the last try: the person may ask again, and the staff sees why. */
export async function giveUpExport(store: Store, caller: Caller, id: bigint, error: unknown): Promise<void> {
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      update privacy_requests set status = 'done', completed_at = niaga.now(), error = ${String(error)}
        where id = ${id} and status = 'processing'`),
  )
}
