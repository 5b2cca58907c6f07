/** Bugs planted into the shop. */
import type { Mutation } from '../mutation.ts'

const SHOP = 'systems/quickcart'
const SQL = `${SHOP}/databases/db_store1/functions`
const QRIS = ['order by QRIS', 'two carts at once']
const SHOPPING = ['order by QRIS', 'order from the balance', 'load goods']

const noLockOnThePerson = {
  file: `${SQL}/lock_customer.sql`,
  from: 'where u.id = p_user for no key update;',
  to: 'where u.id = p_user;',
}

export const SHOP_MUTATIONS: readonly Mutation[] = [
  {
    name: 'checkouts do not lock the person',
    changes: [noLockOnThePerson],
    stories: ['two vouchers at once'],
  },
  {
    name: 'checkouts do not lock the person, and uq_orders_one_pending_per_user is gone',
    changes: [noLockOnThePerson],
    sabotage: { of: 'shop', statement: 'drop index uq_orders_one_pending_per_user' },
    stories: ['two carts at once'],
  },
  {
    name: 'goods are taken without looking whether they are free',
    changes: [
      {
        file: `${SQL}/take_stock.sql`,
        from: 'and ps.is_sold = false and ps.order_id is null and ps.removed_at is null\n',
        to: '\n',
      },
    ],
    stories: SHOPPING,
  },
  {
    name: 'settling does not ask whether it was done before',
    changes: [
      {
        file: `${SQL}/settle_payment.sql`,
        from: `if v_payment.status in ('completed', 'late_completed') then`,
        to: 'if false then',
      },
      {
        file: `${SHOP}/payments/settle-payment.ts`,
        from: `if (payment.status === 'completed' || payment.status === 'late_completed') return 'already'`,
        to: '',
      },
    ],
    stories: QRIS,
  },
  {
    name: 'a voucher is reserved without looking whether it is free',
    changes: [
      {
        file: `${SQL}/reserve_voucher.sql`,
        from: 'and not v.is_used and v.order_id is null;',
        to: ';',
      },
    ],
    stories: ['one voucher, two people'],
  },
  {
    name: 'the answer under an idempotency key is not stored',
    changes: [
      {
        file: `${SQL}/place_order_once.sql`,
        from: `perform niaga.idempotency_finish(v_scope, p_key, p_request_hash, jsonb_build_object('answer', invoice));`,
        to: '',
      },
    ],
    stories: ['double click'],
  },
  {
    name: 'a commit that failed is taken for done',
    changes: [
      {
        file: 'postgres/transaction.ts',
        from: `const { command } = await client.query('commit')`,
        to: `const { command } = await client.query('commit').catch(() => ({ command: 'COMMIT' }))`,
      },
    ],
    stories: SHOPPING,
    faults: ['lose commits', 'cut connections'],
  },
  {
    name: 'deliveries are told apart by the person, not by the order',
    changes: [
      {
        file: `${SQL}/notify.sql`,
        from: `p_kind || ':' || p_invoice, p_priority`,
        to: `p_kind || ':' || p_user, p_priority`,
      },
    ],
    stories: ['order from the balance'],
  },
  {
    name: `the ledger's reference of an order is its person's`,
    changes: [
      {
        file: `${SQL}/finish_order.sql`,
        from: `perform public.post_transfers('order:' || v_order.invoice_id,`,
        to: `perform public.post_transfers('order:' || v_order.user_id,`,
      },
    ],
    stories: ['order from the balance'],
  },
  {
    name: 'an order that ended keeps its goods',
    changes: [
      {
        file: `${SQL}/close_payment.sql`,
        from: 'update public.product_stocks s set order_id = null where s.order_id = v_order_id and not s.is_sold;',
        to: '',
      },
    ],
    stories: QRIS,
  },
  {
    name: 'an order that ended keeps its voucher',
    changes: [
      {
        file: `${SQL}/close_payment.sql`,
        from: 'update public.vouchers v set order_id = null where v.order_id = v_order_id and not v.is_used;',
        to: '',
      },
    ],
    stories: QRIS,
  },
  {
    name: 'late money is dropped',
    changes: [
      {
        file: `${SQL}/settle_payment.sql`,
        from: 'perform public.credit_late_payment(p_invoice, p_completed_at);',
        to: '',
      },
    ],
    stories: QRIS,
  },
  {
    name: 'a webhook is believed without asking the gateway',
    changes: [
      {
        file: `${SHOP}/payments/settle-payment.ts`,
        from: `if (transaction.status !== 'completed') return transaction.status`,
        to: '',
      },
    ],
    stories: QRIS,
  },
  {
    name: 'of a sale every product is counted once',
    changes: [
      {
        file: `${SQL}/count_sold.sql`,
        from: 'select i.product_id, count(*) as units',
        to: 'select i.product_id, 1 as units',
      },
    ],
    stories: ['order from the balance'],
  },
  {
    name: 'the delivery is not written with the money',
    changes: [
      {
        file: `${SQL}/finish_order.sql`,
        from: `perform public.notify_user(v_order.user_id, 'deliver', 'order', v_order.invoice_id, 1);`,
        to: '',
      },
    ],
    stories: ['order from the balance'],
  },
  {
    name: 'the audit relay does not wait for older transactions',
    changes: [
      {
        file: 'platform/audit/relay.ts',
        from: 'where o.xid < pg_snapshot_xmin(pg_current_snapshot()) order by',
        to: 'order by',
      },
    ],
    stories: [...SHOPPING, 'the last items'],
  },
  {
    name: 'one order is refunded as often as it is asked for',
    changes: [
      {
        file: `${SQL}/quote_refund.sql`,
        from: `where r.order_id = v_order.id and r.status <> 'rejected';`,
        to: 'where false;',
      },
    ],
    sabotage: { of: 'shop', statement: 'drop index uq_refunds_one_live_per_order' },
    stories: ['order from the balance', 'a refund asked for twice'],
  },
  {
    name: 'a correction of a balance is made again under its key',
    changes: [
      {
        file: `${SQL}/adjust_balance.sql`,
        from: `'adj:' || case when length(p_key) <= 196 then p_key`,
        to: `'adj:' || case when length(p_key) <= 196 then gen_random_uuid()::text`,
      },
      {
        file: `${SHOP}/accounts/adjust-balance.ts`,
        from: `{ scope: 'adjust balance', key, request }`,
        to: `{ scope: 'adjust balance', key: crypto.randomUUID(), request }`,
      },
    ],
    stories: ['adjust a balance', 'set a balance'],
  },
  {
    name: 'a giveaway under the same key makes new vouchers',
    changes: [
      {
        file: `${SHOP}/vouchers/give-away.ts`,
        from: ', key, request: { amount, count } }',
        to: ', key: crypto.randomUUID(), request: { amount, count } }',
      },
    ],
    stories: ['giveaway'],
  },
  {
    name: 'a broadcast leaves out the first of every batch',
    changes: [
      {
        file: `${SQL}/fan_out_broadcast.sql`,
        from: 'order by u.id limit p_limit',
        to: 'order by u.id limit p_limit offset 1',
      },
    ],
    stories: ['broadcast'],
  },
  {
    name: 'a ban leaves open what was open',
    changes: [
      {
        file: `${SQL}/ban_user.sql`,
        from: `perform public.cancel_payment(v_invoice, 'ban');`,
        to: 'null;',
      },
    ],
    stories: ['ban and unban'],
  },
]
