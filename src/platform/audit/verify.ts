/**
 * Proves that the audit is what was written: every digest recomputed, every link followed, every anchor found.
 *
 * The digests are computed by this file's own statement, not by the functions that wrote them, so that a changed
 * function is found too. Batches keep memory constant; nothing is locked and writers go on. Source: QuickCart, 9.
 */
import type { Database, Db } from '../../postgres/database.ts'
import { type Sql, sql } from '../../postgres/sql.ts'
import { type Anchor, anchorsSoFar, anchorTable } from './anchors.ts'

export type AuditProblem =
  /** A row does not name the hash of the row before it: something between was removed, or the order changed. */
  | 'broken_link'
  /** Time, actor type, entity type, action or event id of the row was changed. */
  | 'row_hash'
  /** The contents of the row were changed. */
  | 'payload_hash'
  /** Its contents were replaced, and no erasure says so. */
  | 'unlisted_anonymization'
  /** A head that was noted is gone or another one, or rows before it are missing: the tail was cut or rewritten. */
  | 'anchor'

export interface AuditVerification {
  readonly ok: boolean
  /** Rows looked at. */
  readonly checked: bigint
  /** The last row up to which everything is proved; 0 where there is none. */
  readonly verifiedUpTo: bigint
  readonly problem?: AuditProblem
  readonly firstBadId?: bigint
}

export interface VerifyOptions {
  /** Has a table `audit_anchors`. */
  readonly source: Database
  /** Where that is: schema `public` where nothing is said. */
  readonly anchorSchema?: string
  /** Has `public.audit_logs`. */
  readonly target: Database
  /** The file the relay appends to. */
  readonly anchorPath: string
}

const BATCH = 5_000
const START: Walked = { after: 0n, count: 0n, hash: '0'.repeat(64) }

/** How far a walk has come. */
export interface Walked {
  readonly after: bigint
  readonly count: bigint
  readonly hash: string
}

/** Looks at every row; the first problem ends the walk. `from`: only at what came after an earlier walk. */
export async function verifyAudit(
  { source, target, anchorPath, anchorSchema }: VerifyOptions,
  from: Walked = START,
): Promise<AuditVerification & { readonly walked: Walked }> {
  // Anchors are taken first: each was written after its row, so that the walk must meet every one of them.
  const fileAnchors = await anchorsSoFar(anchorPath)
  const noted = anchorTable(anchorSchema)
  const newest = await newestAnchor(source, noted)
  let walked = from
  for (;;) {
    const batch = await readBatch(target, walked)
    if (batch.size === 0) break
    const anchors = [
      ...(await anchorsBetween(source, noted, walked.after, batch.lastId)),
      // Two processes may have written out of order; what is behind us was in the table too.
      ...(await fileAnchors.upTo(batch.lastId)).filter(({ audit_id }) => audit_id > walked.after),
    ]
    const bad = firstOf(
      batch.bad,
      await unlisted(target, batch.anonymized),
      await badAnchor(target, walked, batch.lastId, anchors),
    )
    const count = walked.count + BigInt(batch.size)
    if (bad) {
      return {
        ok: false,
        checked: count,
        verifiedUpTo: walked.after,
        problem: bad.problem,
        firstBadId: bad.id,
        walked,
      }
    }
    walked = { after: batch.lastId, count, hash: batch.lastHash }
  }
  const beyond = (await fileAnchors.upTo(FAR)).find(({ audit_id }) => audit_id > walked.after)
  const missing = beyond?.audit_id ?? (newest > walked.after ? newest : undefined)
  return {
    ok: missing === undefined,
    checked: walked.count,
    verifiedUpTo: walked.after,
    walked,
    ...(missing === undefined ? {} : { problem: 'anchor', firstBadId: missing }),
  }
}

/** Beyond every id. */
const FAR = 2n ** 63n - 1n

interface Bad {
  readonly id: bigint
  readonly problem: AuditProblem
}

interface Anonymized {
  readonly id: bigint
  /** Digest of what the row holds now. */
  readonly sha256: string
}

interface Batch {
  readonly size: number
  readonly lastId: bigint
  readonly lastHash: string
  readonly bad: Bad | undefined
  readonly anonymized: readonly Anonymized[]
}

interface JudgedRow {
  readonly id: bigint
  readonly row_hash: string
  readonly problem: AuditProblem | null
  readonly anonymized: string | null
}

/** Only what matters comes over the wire: the last row, the first bad one, the anonymised ones. */
async function readBatch(target: Db, { after, hash }: Walked): Promise<Batch> {
  const rows = await target.many<JudgedRow & { n: number }>(sql`
    with batch as (
      select l.*, lag(l.row_hash, 1, ${hash}) over (order by l.id) as expected_hash,
        row_number() over (order by l.id)::int4 as n,
        encode(sha256(convert_to(coalesce(l.payload_salt, '') || jsonb_build_array(l.actor_id, l.entity_id,
          l.subject_id, l.before_state, l.after_state, l.context, l.ip_address)::text, 'UTF8')), 'hex') as payload_now,
        encode(sha256(convert_to(jsonb_build_array(l.prev_hash, l.id,
          (extract(epoch from l.timestamp) * 1000000)::bigint, l.actor_type, l.entity_type, l.action, l.event_id,
          l.payload_hash)::text, 'UTF8')), 'hex') as row_now
      from public.audit_logs l where l.id > ${after} order by l.id limit ${BATCH}),
    judged as (
      select b.id, b.n, b.row_hash, case when b.payload_salt is null then b.payload_now end as anonymized,
        case when b.prev_hash <> b.expected_hash then 'broken_link'
          when b.row_hash <> b.row_now then 'row_hash'
          when b.payload_salt is not null and b.payload_hash <> b.payload_now then 'payload_hash' end as problem
      from batch b)
    select * from judged
    where problem is not null or anonymized is not null or n = (select max(n) from judged)
    order by id`)
  const last = rows.at(-1)
  const bad = rows.find((row) => row.problem !== null)
  return {
    size: last?.n ?? 0,
    lastId: last?.id ?? after,
    lastHash: last?.row_hash ?? hash,
    bad: bad?.problem ? { id: bad.id, problem: bad.problem } : undefined,
    anonymized: rows.flatMap(({ id, anonymized }) =>
      anonymized === null ? [] : [{ id, sha256: anonymized }],
    ),
  }
}

/** The first row whose present contents no erasure lists; the newest erasure that names a row counts. */
async function unlisted(target: Db, rows: readonly Anonymized[]): Promise<Bad | undefined> {
  if (rows.length === 0) return undefined
  const found = await target.maybeOne<{ id: bigint }>(sql`
    with listed as (
      select distinct on (entry ->> 'id') (entry ->> 'id')::bigint as id, entry ->> 'payload_sha256' as sha256
      from public.audit_logs l, jsonb_array_elements(l.context -> 'rows') entry
      where l.action = 'anonymize' and (entry ->> 'id')::bigint = any(${rows.map(({ id }) => id)}::bigint[])
      order by entry ->> 'id', l.id desc)
    select r.id from unnest(${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ sha256 }) => sha256)}::text[])
      as r(id, sha256)
    left join listed on listed.id = r.id
    where listed.sha256 is distinct from r.sha256 order by r.id limit 1`)
  return found && { id: found.id, problem: 'unlisted_anonymization' }
}

async function newestAnchor(source: Db, noted: Sql): Promise<bigint> {
  const { id } = await source.one<{ id: bigint }>(
    sql`select coalesce(max(audit_id), 0)::bigint as id from ${noted}`,
  )
  return id
}

async function anchorsBetween(source: Db, noted: Sql, after: bigint, upTo: bigint): Promise<Anchor[]> {
  return await source.many<Anchor>(sql`
    select audit_id, row_hash, row_count from ${noted}
    where audit_id > ${after} and audit_id <= ${upTo}`)
}

/** The first anchor whose row is not there, is another one, or has another number of rows up to it. */
async function badAnchor(
  target: Db,
  { after, count }: Walked,
  lastId: bigint,
  anchors: readonly Anchor[],
): Promise<Bad | undefined> {
  if (anchors.length === 0) return undefined
  const found = await target.maybeOne<{ id: bigint }>(sql`
    with numbered as (
      select id, row_hash, row_number() over (order by id) + ${count}::bigint as n
      from public.audit_logs where id > ${after} and id <= ${lastId})
    select a.id from unnest(${anchors.map((a) => a.audit_id)}::bigint[], ${anchors.map((a) => a.row_hash)}::text[],
      ${anchors.map((a) => a.row_count)}::bigint[]) as a(id, hash, count)
    left join numbered n on n.id = a.id
    where n.row_hash is distinct from a.hash or n.n <> a.count order by a.id limit 1`)
  return found && { id: found.id, problem: 'anchor' }
}

function firstOf(...found: readonly (Bad | undefined)[]): Bad | undefined {
  return found.filter((bad) => bad !== undefined).toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]
}
