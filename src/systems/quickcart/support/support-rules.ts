/** How much a message between customers and staff may hold, so that it fits into Telegram's with its heading. */
import type { DomainError } from '../../../kernel/errors.ts'
import { fail } from '../errors.ts'

/** Of 4096: the heading of a copy takes up to 200. */
export const MAX_TEXT = 3_800
/** Of 1024, below a photo. */
export const MAX_CAPTION = 800

export interface SupportBody {
  readonly body: string
  /** Of Telegram; our bot can send it on as it is. */
  readonly photoFileId?: string
}

/** What is wrong with the message; undefined where it is fine. Lengths are Telegram's, in UTF-16 units. */
export function bodyProblem({ body, photoFileId }: SupportBody): DomainError | undefined {
  const max = photoFileId === undefined ? MAX_TEXT : MAX_CAPTION
  if (body.length > max) return fail('message_too_long', { length: body.length, max })
  return undefined
}
