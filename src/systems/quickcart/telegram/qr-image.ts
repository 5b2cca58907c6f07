import { toBuffer } from 'qrcode'

/** A QRIS text as PNG, large enough to be scanned from another screen, with the quiet zone that scanners need. */
export function qrImage(qris: string): Promise<Buffer> {
  return toBuffer(qris, { type: 'png', errorCorrectionLevel: 'M', margin: 4, scale: 10 })
}
