/** One message to one device, and what the service takes. */
export interface PushMessage {
  /** The device's registration token. */
  readonly token: string
  readonly title: string
  readonly body: string
  /** Values are text on the wire. */
  readonly data: Readonly<Record<string, string>>
  /** What it is about, in at most 64 bytes: of two with one tag a device shows the later alone, so that a repeated one is not seen twice. */
  readonly tag: string
}

/** A push about money is old news after a day. */
const TTL = '86400s'
/** Title, body and data together. */
const MAX_PAYLOAD_BYTES = 4096
/** Words that the service keeps for itself. */
const RESERVED_KEY = /^(?:google|gcm)|^(?:from|message_type)$/i

/** What the service would refuse about this content; undefined where nothing. */
export function pushProblem({ title, body, data }: Omit<PushMessage, 'token' | 'tag'>): string | undefined {
  const reserved = Object.keys(data).find((key) => RESERVED_KEY.test(key))
  if (reserved !== undefined) return `data must not have the key ${reserved}`
  const bytes = Buffer.byteLength(JSON.stringify({ notification: { title, body }, data }))
  if (bytes > MAX_PAYLOAD_BYTES)
    return `title, body and data have ${bytes} bytes, more than ${MAX_PAYLOAD_BYTES}`
  return undefined
}

/** https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages */
export function toWire({ token, title, body, data, tag }: PushMessage): object {
  return {
    message: {
      token,
      notification: { title, body },
      data,
      android: { ttl: TTL, notification: { tag } },
      apns: { headers: { 'apns-collapse-id': tag } },
    },
  }
}
