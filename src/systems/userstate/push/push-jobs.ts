import { Type } from 'typebox'
import { defineJob, noPayload } from '../../../platform/jobs/job.ts'

/** Some ten seconds of sending at a slow service. */
export const MESSAGES_A_JOB = 100

export const pushSend = defineJob(
  'push.send',
  Type.Object({ ids: Type.Array(Type.String({ pattern: '^[0-9]+$' }), { maxItems: MESSAGES_A_JOB }) }),
)
export const pushSweep = defineJob('push.sweep', noPayload)
