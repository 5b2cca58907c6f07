/** Kind and size of a picture, from its first bytes alone and whatever its name says. */
export interface ImageSize {
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'
  readonly width: number
  readonly height: number
}

/** Undefined for anything but a PNG, JPEG, WebP or GIF. What a picture says of its size has yet to be true. */
export function imageSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 30) return undefined
  if (bytes.subarray(0, 8).equals(PNG) && bytes.toString('latin1', 12, 16) === 'IHDR')
    return { mimeType: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  const start = bytes.toString('latin1', 0, 4)
  if (start === 'GIF8')
    return { mimeType: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  if (start === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return webpSize(bytes)
  return start.startsWith('\xff\xd8') ? walkJpeg(bytes)?.size : undefined
}

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

/** The three kinds of WebP keep their size in three places (RFC 9649). */
function webpSize(bytes: Buffer): ImageSize | undefined {
  const mimeType = 'image/webp'
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { mimeType, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { mimeType, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 'VP8 ':
      return { mimeType, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    default:
      return undefined
  }
}

/** Whether a JPEG ends before its picture does. What a camera put in for a thumbnail has an end of its own, before. */
export function isJpegCutShort(bytes: Buffer): boolean {
  const scan = walkJpeg(bytes)?.scan
  return scan === undefined || bytes.indexOf(END_OF_IMAGE, scan) < 0
}

const END_OF_IMAGE = Buffer.from('ffd9', 'hex')

/**
 * Walks the segments to the first scan as libjpeg does, and takes no file that the two could read differently: each marker
 * with a length, one frame header (SOF), which holds the size.
 */
function walkJpeg(bytes: Buffer): { readonly size: ImageSize; readonly scan: number } | undefined {
  let size: ImageSize | undefined
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1)
    // Any byte may be repeated before a marker to fill up.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === START_OF_SCAN) return size && { size, scan: at }
    const length = bytes.readUInt16BE(at + 2)
    if (hasNoLength(marker) || length < 2) return undefined
    if (isFrame(marker)) {
      if (size) return undefined
      size = { mimeType: 'image/jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    }
    at += 2 + length
  }
  return undefined
}

const START_OF_SCAN = 0xda
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const hasNoLength = (marker: number) => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd9)
