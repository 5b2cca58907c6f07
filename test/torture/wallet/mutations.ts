/** Bugs planted into the wallet. */
import type { Mutation } from '../mutation.ts'

const WALLET = 'systems/userstate'
const SQL = `${WALLET}/databases/userstate/functions`
const PAYING = ['pay from the wallet', 'top up']

export const WALLET_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a payout whose answer was lost is sent again under another key, and nobody asks before',
    changes: [
      {
        file: `${WALLET}/payouts/send-payout.ts`,
        from: 'const known = made.tries > 0 ? await store.xendit.payoutOf(payout.reference) : undefined',
        to: 'const known = undefined',
      },
      {
        file: 'gateways/xendit/client.ts',
        from: 'idempotencyKey: asked.referenceId,',
        to: 'idempotencyKey: String(Math.random()),',
      },
    ],
    stories: ['withdraw'],
    faults: ['the gateways hang after the effect', 'the gateways are down'],
  },
  {
    name: 'an unknown outcome of a payout gives the money back',
    changes: [
      {
        file: `${WALLET}/payouts/send-payout.ts`,
        from: 'isNo: isAsked && error.final',
        to: 'isNo: true',
      },
    ],
    stories: ['withdraw'],
    faults: ['the gateways hang after the effect'],
  },
  {
    name: 'the callback about an invoice is taken at its word',
    changes: [
      {
        file: `${WALLET}/gateway/check-invoice.ts`,
        from: `if (invoice.status === 'PAID' || invoice.status === 'SETTLED') return await settleInvoice(tx, id, invoice)`,
        to: `if (invoice.status !== 'EXPIRED') return await settleInvoice(tx, id, { ...invoice, paidAmount: invoice.amount, currency: 'IDR' })`,
      },
    ],
    stories: ['top up'],
  },
  {
    name: 'money that comes late is dropped',
    changes: [
      {
        file: `${SQL}/settle_invoice.sql`,
        from: `perform ledger.post(v_reference, 'gateway:xendit', 'wallet:' || p.username, p_paid, 'late_money');`,
        to: '',
      },
    ],
    stories: ['pay by the gateway'],
  },
  {
    name: 'what is held for a payment that ended stays held',
    changes: [
      { file: `${SQL}/close_transaction.sql`, from: `perform ledger.release('pay:' || v.id);`, to: 'null;' },
    ],
    stories: PAYING,
  },
  {
    name: 'a refund does not ask what was refunded before',
    changes: [
      {
        file: `${SQL}/refund_payment.sql`,
        from: 'if v_refunded + v_amount > v.amount or v_amount < 1 and (v.amount > 0 or v_refunds > 0) then',
        to: 'if false then',
      },
    ],
    stories: [...PAYING, 'give money back'],
  },
  {
    name: 'the points of what was refunded are kept',
    changes: [
      {
        file: `${SQL}/refund_payment.sql`,
        from: 'perform public.take_back_points(v, v.amount - v_refunded, v_amount, v_invoice);',
        to: '',
      },
    ],
    stories: [...PAYING, 'give money back'],
  },
  {
    name: 'a voucher does not ask how often it was used, and voucher_within_quota is gone',
    changes: [
      { file: `${SQL}/voucher.sql`, from: 'elsif v.redeemed_count >= v.quota then', to: 'elsif false then' },
    ],
    sabotage: { of: 'wallet', statement: 'alter table voucher drop constraint voucher_within_quota' },
    stories: ['a voucher for some'],
  },
  {
    name: 'the voucher of a payment that ended stays reserved',
    changes: [{ file: `${SQL}/close_transaction.sql`, from: 'perform public.free_reserved(v.id);', to: '' }],
    stories: PAYING,
  },
  {
    name: 'points become balance again under one key',
    changes: [
      {
        file: `${WALLET}/points/points.ts`,
        from: 'key, request: { points } }, async () => {',
        to: 'key: crypto.randomUUID(), request: { points } }, async () => {',
      },
    ],
    stories: ['give and take points', 'redeem points'],
  },
  {
    name: 'an invitation brings its points with every top-up',
    changes: [
      {
        file: `${SQL}/referral.sql`,
        from: `where r.username = p_username and r.status = 'PENDING' and coalesce(r.expires_at > niaga.now(), true)`,
        to: 'where r.username = p_username',
      },
      { file: `${SQL}/referral.sql`, from: `'REF-' || v.id`, to: `'REF-' || p_transaction` },
    ],
    stories: ['come by invitation', 'top up'],
  },
]
