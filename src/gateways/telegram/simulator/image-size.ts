/** Width and height from the first bytes of a PNG, JPEG, GIF or WebP image; undefined for anything else. */
export function imageSize(bytes: Buffer): { width: number; height: number; mimeType: string } | undefined {
  if (bytes.length < 30) return undefined
  const start = bytes.toString('latin1', 0, 4)
  if (start === '\x89PNG') {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), mimeType: 'image/png' }
  }
  if (start === 'GIF8') {
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), mimeType: 'image/gif' }
  }
  if (start === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return webpSize(bytes)
  if (start.startsWith('\xff\xd8')) return jpegSize(bytes)
  return undefined
}

/** The three kinds of WebP keep their size in three places (RFC 9649). */
function webpSize(bytes: Buffer) {
  const mimeType = 'image/webp'
  const kind = bytes.toString('latin1', 12, 16)
  if (kind === 'VP8X') {
    return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1, mimeType }
  }
  if (kind === 'VP8L') {
    const bits = bytes.readUInt32LE(21)
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, mimeType }
  }
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff, mimeType }
}

/** Walks the segments to the frame header (SOF), which holds the size. */
function jpegSize(bytes: Buffer) {
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7), mimeType: 'image/jpeg' }
    }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
