/**
 * Campaigns on their way: batches in the order of names, each with its pushes in one transaction. Whoever goes on after
 * a crash goes on behind the last name that has its offer.
 */
import { type Caller, systemCaller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { handle, type Task } from '../../../platform/jobs/job.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { queuePush } from '../push/queue-push.ts'
import type { Store } from '../store.ts'
import { type Audience, type Campaign, lockCampaign, updateCampaign } from './campaign.queries.ts'
import { beginSending } from './campaigns.ts'
import { campaignDue, campaignSend } from './offer-jobs.ts'

/** UserState, U20. */
const BATCH = 500

export function offerTasks(store: Store): readonly Task[] {
  return [
    handle(campaignSend, async ({ id }, { caller, signal }) => {
      while (await sendBatch(store, caller, id)) signal.throwIfAborted()
    }),
    handle(campaignDue, () => startDue(store)),
  ]
}

export const offerCron: readonly CronEntry[] = [{ job: campaignDue, schedule: '* * * * *' }]

/** True while more may be left. */
async function sendBatch(store: Store, caller: Caller, id: number): Promise<boolean> {
  return await inTransaction(store.db, caller, async (tx) => {
    const campaign = await lockCampaign(tx, id)
    if (campaign.status !== 'SENDING') return false
    const usernames = await insertOffers(tx, campaign)
    if (usernames.length === 0) {
      await updateCampaign(tx, { ...campaign, status: 'SENT' })
      return false
    }
    await tx.run(sql`
      update marketing_campaign set recipients = recipients + ${usernames.length} where id = ${id}`)
    if (campaign.push) {
      const { name: title, message: body } = campaign
      const data = { type: 'offer', campaign_id: String(id) }
      await queuePush(tx, usernames, { title, body, data, event: `campaign:${id}` })
    }
    return true
  })
}

/** Answers who got one: the next people by name, behind the last who has one. */
async function insertOffers(tx: Tx, { id, name, telp, message, audience }: Campaign): Promise<string[]> {
  const rows = await tx.many<{ username: string }>(sql`
    insert into marketing_offer (username, name, telp, message, campaign_id, created_at)
      select i.username, ${name}, ${telp}, ${message}, ${id}, niaga.now()
      from user_info i join user_login l on l.username = i.username
      where i.username > coalesce(
          (select max(o.username) from marketing_offer o where o.campaign_id = ${id}), '')
        and not l.disabled and i.marketing_opt_in and i.erased_at is null and ${isIn(audience)}
      order by i.username limit ${BATCH}
    returning username`)
  return rows.map(({ username }) => username)
}

function isIn(audience: Audience): Sql {
  if ('usernames' in audience) return sql`i.username = any(${audience.usernames}::text[])`
  return 'agent' in audience ? sql`i.agent = 'Y'` : sql.raw('true')
}

/** Those whose time has come; and those that are being sent and have lost their job. */
async function startDue(store: Store): Promise<void> {
  const due = await store.db.many<{ id: bigint }>(sql`
    select id from marketing_campaign where status = 'SCHEDULED' and scheduled_at <= ${store.clock.now()} order by id`)
  for (const { id } of due) {
    await inTransaction(store.db, systemCaller, async (tx) => {
      const campaign = await lockCampaign(tx, Number(id))
      const isDue = campaign.scheduled_at !== null && campaign.scheduled_at <= store.clock.now()
      if (campaign.status === 'SCHEDULED' && isDue) await beginSending(tx, campaign)
    })
  }
  await store.db.run(sql`
    select niaga.enqueue('campaign.send', jsonb_build_object('id', c.id), null, 'campaign:' || c.id)
      from marketing_campaign c
      where c.status = 'SENDING' and not exists (
        select from graphile_worker._private_jobs j
        where j.key = 'campaign:' || c.id and j.attempts < j.max_attempts)`)
}
