/** QRIS payloads: EMV merchant-presented QR, tag-length-value with a CRC at the end (EMVCo QRCPS, version 1.1). */
import { createHash } from 'node:crypto'
import { formatMoney, type Money } from '../../../kernel/money.ts'

export interface QrisContent {
  readonly merchant: string
  readonly project: string
  readonly orderId: string
  /** What the payer pays. */
  readonly total: Money<'IDR'>
}

/** A dynamic payload with the amount inside. */
export function qrisPayload({ merchant, project, orderId, total }: QrisContent): string {
  const merchantId = digitsOf(project, 13)
  const unsigned = [
    tlv('00', '01'),
    tlv('01', '12'), // dynamic: good for one payment
    tlv(
      '26',
      tlv('00', 'ID.CO.NIAGA.SIM') +
        tlv('01', `93600918${digitsOf(`${project}:pan`, 11)}`) +
        tlv('02', merchantId) +
        tlv('03', 'UME'),
    ),
    tlv('51', tlv('00', 'ID.CO.QRIS.WWW') + tlv('02', `ID${merchantId}`) + tlv('03', 'UME')),
    tlv('52', '5734'),
    tlv('53', '360'),
    tlv('54', formatMoney('IDR', total)),
    tlv('58', 'ID'),
    tlv('59', printable(merchant).slice(0, 25) || 'Merchant'),
    tlv('60', 'JAKARTA'),
    tlv('61', '10110'),
    tlv('62', tlv('05', printable(orderId).slice(0, 25))),
    '6304',
  ].join('')
  return unsigned + crc16(unsigned)
}

function tlv(tag: string, value: string): string {
  return `${tag}${String(value.length).padStart(2, '0')}${value}`
}

/** CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, as four capital hex digits. */
function crc16(text: string): string {
  let crc = 0xffff
  for (const byte of Buffer.from(text, 'ascii')) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}

/** Lengths count characters only while every one of them is ASCII. */
function printable(text: string): string {
  return text.normalize('NFKD').replace(/[^\x20-\x7e]/g, '')
}

/** The same digits for the same text, so that a merchant keeps its number. */
function digitsOf(text: string, count: number): string {
  const number = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
  return (number % 10n ** BigInt(count)).toString().padStart(count, '0')
}
