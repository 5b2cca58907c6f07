/** One message to many people (UserState, U20): drafted, perhaps scheduled, sent once. */
import type { Caller } from '../../../kernel/caller.ts'
import { enqueue } from '../../../platform/jobs/job.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import {
  type Campaign,
  type CampaignStatus,
  insertCampaign,
  lockCampaign,
  updateCampaign,
} from './campaign.queries.ts'
import { campaignSend } from './offer-jobs.ts'

export interface CampaignInput {
  readonly name: string
  readonly telp: string
  readonly message: string
  readonly audience: Campaign['audience']
  /** Also on their devices. */
  readonly push: boolean
  /** null: not scheduled. */
  readonly scheduledAt: Date | null
}

export async function createCampaign(
  store: Store,
  caller: Caller,
  { scheduledAt, ...input }: CampaignInput & { readonly createdBy: string },
): Promise<Campaign> {
  return await inTransaction(store.db, caller, async (tx) => {
    const draft = await insertCampaign(tx, input, input.createdBy)
    return scheduledAt === null ? draft : await updateCampaign(tx, scheduled(draft, scheduledAt))
  })
}

/** @throws not_found, campaign_not_editable once it goes out or is over */
export async function editCampaign(
  store: Store,
  caller: Caller,
  id: number,
  { scheduledAt, ...changes }: Partial<CampaignInput>,
): Promise<Campaign> {
  return await inTransaction(store.db, caller, async (tx) => {
    const campaign = await lockIn(tx, id, ['DRAFT', 'SCHEDULED'])
    const changed = { ...campaign, ...changes }
    return await updateCampaign(tx, scheduledAt === undefined ? changed : scheduled(changed, scheduledAt))
  })
}

/** Once, however often: what goes out or went out stays as it is. @throws not_found, campaign_not_editable where it was cancelled */
export async function sendCampaign(store: Store, caller: Caller, id: number): Promise<Campaign> {
  return await inTransaction(store.db, caller, async (tx) => {
    const campaign = await lockIn(tx, id, ['DRAFT', 'SCHEDULED', 'SENDING', 'SENT'])
    if (campaign.status === 'SENDING' || campaign.status === 'SENT') return campaign
    return await beginSending(tx, campaign)
  })
}

/** What was not given out yet is not given out any more. @throws not_found, campaign_not_editable where it is sent */
export async function cancelCampaign(store: Store, caller: Caller, id: number): Promise<Campaign> {
  return await inTransaction(store.db, caller, async (tx) => {
    const campaign = await lockIn(tx, id, ['DRAFT', 'SCHEDULED', 'SENDING', 'CANCELLED'])
    return campaign.status === 'CANCELLED'
      ? campaign
      : await updateCampaign(tx, { ...campaign, status: 'CANCELLED' })
  })
}

export async function beginSending(tx: Tx, campaign: Campaign): Promise<Campaign> {
  const sending = await updateCampaign(tx, { ...campaign, status: 'SENDING' })
  await enqueue(tx, campaignSend, { id: Number(campaign.id) }, { key: `campaign:${campaign.id}` })
  return sending
}

async function lockIn(tx: Tx, id: number, statuses: readonly CampaignStatus[]): Promise<Campaign> {
  const campaign = await lockCampaign(tx, id)
  if (!statuses.includes(campaign.status)) throw fail('campaign_not_editable', { status: campaign.status })
  return campaign
}

function scheduled(campaign: Campaign, at: Date | null): Campaign {
  return { ...campaign, scheduled_at: at, status: at === null ? 'DRAFT' : 'SCHEDULED' }
}
