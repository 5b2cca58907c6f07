import { Type } from 'typebox'
import { defineJob, noPayload } from '../../../platform/jobs/job.ts'

export const campaignSend = defineJob('campaign.send', Type.Object({ id: Type.Integer() }))
export const campaignDue = defineJob('campaign.due', noPayload)
