/** What arrived, and how it is kept over a restart. */
import PostalMime from 'postal-mime'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { newId } from '../../../kernel/ids.ts'
import type { Codec } from '../../simulation/journal.ts'
import type { Envelope } from './smtp-session.ts'

export interface ArrivedMail {
  readonly id: string
  readonly at: Date
  readonly from: string
  readonly to: readonly string[]
  readonly messageId: string
  readonly subject: string
  readonly text: string
}

const line = Compile(
  Type.Object({
    id: Type.String(),
    at: Type.Integer(),
    from: Type.String(),
    to: Type.Array(Type.String()),
    messageId: Type.String(),
    subject: Type.String(),
    text: Type.String(),
  }),
)

export const mailCodec: Codec<ArrivedMail> = {
  key: ({ id }) => id,
  write: (mail) => ({ ...mail, at: mail.at.getTime() }),
  read: (record) => (line.Check(record) ? { ...record, at: new Date(record.at) } : undefined),
}

/** Reads the MIME text. Whatever came is a mail: what it does not say is empty. */
export async function openMail(envelope: Envelope, content: Buffer, at: Date): Promise<ArrivedMail> {
  const { messageId = '', subject = '', text = '' } = await PostalMime.parse(content)
  return { id: newId(), at, ...envelope, messageId, subject, text: text.trimEnd() }
}
