import { Type } from 'typebox'
import { defineJob, noPayload } from '../../../platform/jobs/job.ts'

/** Their folder. */
export const PICTURES = 'profile'
const PICTURE = /^profile\/[A-Za-z0-9_-]{22}\.webp$/

/** A name that we gave. */
export function isPicture(name: string): boolean {
  return PICTURE.test(name)
}

/** UserState, §8: "at most 25 tries then alert". Also enqueued by `erase_user`. */
export const imageCleanup = defineJob('image.cleanup', Type.Object({ name: Type.String() }), 25)
export const imageSweep = defineJob('image.sweep', noPayload)
