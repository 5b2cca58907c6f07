/** What a device was sent, as it is checked, kept and told. */
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Codec } from '../../simulation/journal.ts'

const text = Type.String()
/** https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages, as far as we send it. */
export const sendBody = Type.Object(
  {
    message: Type.Object(
      {
        token: Type.String({ minLength: 1 }),
        notification: Type.Object({ title: text, body: text }, { additionalProperties: false }),
        data: Type.Optional(Type.Record(Type.String(), Type.String())),
        android: Type.Optional(
          Type.Object({
            ttl: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d{1,9})?s$' })),
            notification: Type.Optional(Type.Object({ tag: Type.Optional(text) })),
          }),
        ),
        apns: Type.Optional(
          Type.Object({ headers: Type.Optional(Type.Record(Type.String(), Type.String())) }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)
export type SendBody = Static<typeof sendBody>

export interface ReceivedPush {
  /** "projects/niaga/messages/0:1732…" */
  readonly name: string
  readonly at: Date
  readonly token: string
  readonly title: string
  readonly body: string
  readonly data: Readonly<Record<string, string>>
  readonly tag: string
}

const line = Compile(
  Type.Object({
    name: text,
    at: Type.Integer(),
    token: text,
    title: text,
    body: text,
    data: Type.Record(Type.String(), Type.String()),
    tag: text,
  }),
)

export const pushCodec: Codec<ReceivedPush> = {
  key: ({ name }) => name,
  write: (push) => ({ ...push, at: push.at.getTime() }),
  read: (record) => (line.Check(record) ? { ...record, at: new Date(record.at) } : undefined),
}
