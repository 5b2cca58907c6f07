/** By what people pay and where payouts go at this gateway. */
export const METHODS: readonly string[] = [
  'CREDIT_CARD',
  'BCA',
  'BNI',
  'BRI',
  'MANDIRI',
  'PERMATA',
  'BSI',
  'OVO',
  'DANA',
  'SHOPEEPAY',
  'LINKAJA',
  'ALFAMART',
  'INDOMARET',
  'QRIS',
]

const BANKS = ['BCA', 'MANDIRI', 'BNI', 'BRI', 'PERMATA', 'BSI', 'CIMB']
const WALLETS = ['OVO', 'DANA', 'GOPAY', 'SHOPEEPAY', 'LINKAJA']

const channel = (category: string) => (name: string) => ({
  channel_code: `ID_${name}`,
  channel_category: category,
  currency: 'IDR',
  channel_name: name,
})

export const CHANNELS = [...BANKS.map(channel('BANK')), ...WALLETS.map(channel('EWALLET'))]
export const PAYOUT_CHANNELS: ReadonlySet<string> = new Set(CHANNELS.map((each) => each.channel_code))
