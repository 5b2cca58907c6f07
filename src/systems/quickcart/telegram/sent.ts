/** What became of a row's call. */
export interface Sent {
  readonly messageId: bigint | null
  /** Why nothing was sent, where the row had become pointless. */
  readonly note: string | null
  /** It was not sent: `failed` counts, `withdrawn` is as if it had never been there. */
  readonly instead?: 'failed' | 'withdrawn'
  /** The message shows the QR code of this invoice. */
  readonly qrOf?: string
  /** The message tells that this invoice is paid. */
  readonly paid?: string
}

/** Reads the message's id out of a Bot API result; deletions and menus answer none. */
export function said(result: unknown): Sent {
  const id =
    typeof result === 'object' && result !== null && 'message_id' in result ? result.message_id : undefined
  return { messageId: typeof id === 'number' ? BigInt(id) : null, note: null }
}

export function skipped(note: string): Sent {
  return { messageId: null, note }
}

/** For rows that are counted: not sent, and nobody need be told. */
export function dropped(note: string): Sent {
  return { messageId: null, note, instead: 'failed' }
}

/** Called back before it went out. */
export function withdrawn(): Sent {
  return { messageId: null, note: null, instead: 'withdrawn' }
}
