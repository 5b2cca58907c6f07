/** The receipt for what somebody paid or topped up (UserState, 7.6): Indonesian first, then the same in English. */
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { rupiah } from '../wallet/amounts.ts'

export interface Receipt {
  readonly username: string
  readonly email: string
  readonly name: string
  readonly type: 'TOPUP' | 'PAYMENT'
  readonly invoice: string
  /** Whole rupiah that were paid. */
  readonly amount: number
  /** What a voucher took off the price. */
  readonly discount: number
  readonly payee: string | null
  readonly paidAt: Date
}

/** Undefined where nobody is to be mailed (any more). */
export async function selectReceipt(db: Db, id: string): Promise<Receipt | undefined> {
  return await db.maybeOne<Receipt>(sql`
    select t.username, u.email, u.first_name as name, t.type, t.invoice,
      case t.type when 'TOPUP' then coalesce(t.amount_2::int, t.amount) else t.amount end as amount,
      coalesce(r.value, 0) as discount, t.payee, t.paid_at as "paidAt"
    from user_transaction t
    join user_info u on u.username = t.username
    left join voucher_redemption r on r.transaction_id = t.id and r.status = 'REDEEMED'
    where t.id = ${id} and t.status = 'PAID' and u.email_verified_at is not null and u.erased_at is null`)
}

export function writeReceipt(receipt: Receipt): { readonly subject: string; readonly text: string } {
  const { name, invoice, paidAt } = receipt
  return {
    subject: `Bukti transaksi / Receipt ${invoice}`,
    text: `Halo ${name},

${told(receipt, 'id')}
Nomor ${invoice}, ${moment(paidAt, 'id-ID')} WIB.

${told(receipt, 'en')}
Number ${invoice}, ${moment(paidAt, 'en-GB')} WIB.
`,
  }
}

function told({ type, amount, discount, payee }: Receipt, language: 'id' | 'en'): string {
  const sum = rupiah(amount)
  const off = rupiah(discount)
  if (language === 'id') {
    if (type === 'TOPUP') return `top up ${sum} sudah masuk ke saldo Anda.`
    return `pembayaran ${sum} ke ${payee} berhasil.${discount > 0 ? ` Potongan voucher: ${off}.` : ''}`
  }
  if (type === 'TOPUP') return `Your top-up of ${sum} is in your wallet.`
  return `You paid ${sum} to ${payee}.${discount > 0 ? ` Taken off by a voucher: ${off}.` : ''}`
}

/** "26 November 2026 08.15" */
function moment(at: Date, locale: string): string {
  const zone = { timeZone: 'Asia/Jakarta' } as const
  const day = at.toLocaleDateString(locale, { ...zone, day: 'numeric', month: 'long', year: 'numeric' })
  return `${day} ${at.toLocaleTimeString(locale, { ...zone, hour: '2-digit', minute: '2-digit' })}`
}
