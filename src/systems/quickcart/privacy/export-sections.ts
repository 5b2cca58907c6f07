/**
 * What an export holds (QuickCart, §12), section by section. Each page is at most `limit` rows after the one with the
 * number `after`, as JSON text made by the database, so that amounts and big numbers arrive as they are.
 */
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { UserId } from '../accounts/user-id.ts'

export interface PageOf {
  readonly user: UserId
  readonly after: bigint
  readonly limit: number
}

export interface Section {
  readonly name: string
  /** The permanent record lies in a database of its own. */
  readonly from: 'db' | 'audits'
  /** Rows {id, json}, by id. */
  page(of: PageOf): Sql
}

export const profile = (user: UserId): Sql => sql`
  select jsonb_build_object('id', id::text, 'name', name, 'username', username, 'email', email,
      'whatsapp_number', whatsapp_number, 'member_status', member_status, 'bank_id', bank_id,
      'account_balance', account_balance::text, 'is_banned', is_banned, 'created_at', created_at)::text as json
    from users where id = ${user}`

const orders: Section = {
  name: 'orders',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select o.id::bigint as id, jsonb_build_object('invoice', o.invoice_id, 'status', o.status,
        'payment_method', o.payment_method, 'subtotal', o.subtotal::text, 'voucher_discount', o.voucher_discount::text,
        'payment_fee', o.payment_fee::text, 'total', o.total_bill::text, 'created_at', o.created_at,
        'updated_at', o.updated_at, 'items', (
          select coalesce(jsonb_agg(jsonb_build_object('product_id', i.product_id, 'product_name', p.name,
              'price_per_unit', i.price_per_unit::text, 'released_at', i.released_at,
              'content', case when o.status = 'paid' then s.content end,
              'claims', (select coalesce(jsonb_agg(jsonb_build_object('note', c.note, 'created_at', c.created_at)), '[]')
                from warranty_claims c where c.order_item_id = i.id)) order by i.id), '[]')
          from order_items i join products p on p.id = i.product_id join product_stocks s on s.id = i.stock_id
          where i.order_id = o.id))::text as json
      from orders o where o.user_id = ${user} and o.id > ${after}::bigint order by o.id limit ${limit}`,
}

const deposits: Section = {
  name: 'deposits',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select d.id, jsonb_build_object('invoice', d.invoice_id, 'status', d.status, 'amount', d.amount::text,
        'payment_fee', d.payment_fee::text, 'total', d.total_bill::text, 'created_at', d.created_at,
        'updated_at', d.updated_at)::text as json
      from deposits d where d.user_id = ${user} and d.id > ${after} order by d.id limit ${limit}`,
}

const payments: Section = {
  name: 'payments',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select p.id, jsonb_build_object('invoice', p.invoice_id, 'gateway', p.gateway, 'status', p.status,
        'settled_as', p.settled_as, 'amount', p.amount::text, 'fee', p.fee::text,
        'total_payment', p.total_payment::text, 'expires_at', p.expires_at, 'completed_at', p.completed_at,
        'created_at', p.created_at)::text as json
      from payments p where p.user_id = ${user} and p.id > ${after} order by p.id limit ${limit}`,
}

const refunds: Section = {
  name: 'refunds',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select r.id, jsonb_build_object('invoice', o.invoice_id, 'status', r.status, 'base_amount', r.base_amount::text,
        'days_used', r.days_used, 'claims', r.claims_count, 'multiplier', r.multiplier::text,
        'amount', r.amount::text, 'reason', r.reason, 'created_at', r.created_at, 'updated_at', r.updated_at)::text
        as json
      from refunds r join orders o on o.id = r.order_id
      where r.user_id = ${user} and r.id > ${after} order by r.id limit ${limit}`,
}

const vouchers: Section = {
  name: 'vouchers_used',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select v.id::bigint as id, jsonb_build_object('code', v.code, 'amount', v.amount::text, 'used_at', v.used_at,
        'invoice', o.invoice_id)::text as json
      from vouchers v left join orders o on o.id = v.order_id
      where v.used_by = ${user} and v.id > ${after}::bigint order by v.id limit ${limit}`,
}

const statement: Section = {
  name: 'ledger_statement',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select e.seq as id, jsonb_build_object('posted_at', e.posted_at, 'kind', e.kind, 'reference', e.reference,
        'amount', ledger.decimal(e.amount, 'IDR')::text, 'balance', ledger.decimal(e.balance, 'IDR')::text)::text as json
      from ledger.entry e
      where e.account = (select a.id from ledger.account a where a.name = ${`user.${user}`}) and e.seq > ${after}
      order by e.seq limit ${limit}`,
}

const messages: Section = {
  name: 'support_messages',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select m.id, jsonb_build_object('direction', m.direction, 'body', m.body, 'photo_file_id', m.photo_file_id,
        'created_at', m.created_at)::text as json
      from support_messages m where m.user_id = ${user} and m.id > ${after} order by m.id limit ${limit}`,
}

const requests: Section = {
  name: 'privacy_requests',
  from: 'db',
  page: ({ user, after, limit }) => sql`
    select r.id, jsonb_build_object('kind', r.kind, 'status', r.status, 'requested_at', r.requested_at,
        'completed_at', r.completed_at)::text as json
      from privacy_requests r where r.user_id = ${user} and r.id > ${after} order by r.id limit ${limit}`,
}

/** Who else acted is their own affair: of others only in what capacity. */
const audit: Section = {
  name: 'audit',
  from: 'audits',
  page: ({ user, after, limit }) => sql`
    select l.id, jsonb_build_object('timestamp', l.timestamp, 'actor_type', l.actor_type, 'action', l.action,
        'entity_type', l.entity_type, 'entity_id', l.entity_id, 'before', l.before_state, 'after', l.after_state,
        'context', l.context, 'ip_address', case when l.actor_id = ${user} then host(l.ip_address) end)::text as json
      from audit_logs l where l.subject_id = ${user} and l.id > ${after} order by l.id limit ${limit}`,
}

export const sections: readonly Section[] = [
  orders,
  deposits,
  payments,
  refunds,
  vouchers,
  statement,
  messages,
  requests,
  audit,
]
