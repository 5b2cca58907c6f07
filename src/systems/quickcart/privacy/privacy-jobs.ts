import { Type } from 'typebox'
import { defineJob, noPayload } from '../../../platform/jobs/job.ts'

/** Also enqueued by `erase_user`. `behind`: waits until all transactions before this one are over. */
export const privacyProcess = defineJob(
  'quickcart.privacy_process',
  Type.Object({
    id: Type.Integer(),
    to_chat: Type.Optional(Type.Boolean()),
    behind: Type.Optional(Type.String()),
  }),
)

export const exportCleanup = defineJob('quickcart.export_cleanup', noPayload)
