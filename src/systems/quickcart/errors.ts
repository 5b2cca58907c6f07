/** What QuickCart answers when it refuses: codes and statuses of its specification, §6. */
import { type ErrorCatalogue, failWith, kernelErrors } from '../../kernel/errors.ts'
import { platformErrors } from '../../platform/errors.ts'

const shopErrors = {
  telegram_auth_invalid: { status: 401, text: 'The Telegram login data is not genuine' },
  telegram_auth_expired: { status: 401, text: 'The Telegram login data is older than one hour' },
  user_not_found: { status: 404, text: 'There is no such user' },
  no_bank_id_left: { status: 503, text: 'Every bank id is taken: the shop has no room for another person' },
  target_is_admin: { status: 409, text: 'Admins cannot be banned; take the role away first' },
  target_is_banned: { status: 409, text: 'A banned person cannot become an admin; lift the ban first' },
  last_admin: { status: 409, text: 'The last admin stays one' },
  root_admin: { status: 409, text: 'This admin is named in ADMIN_USER_IDS and stays one' },
  email_taken: {
    status: 409,
    text: 'Another account uses this e-mail address',
    constraint: 'users_email_key',
  },

  product_not_found: { status: 404, text: 'There is no product {product_id}' },
  product_id_taken: { status: 409, text: 'Another product has this id', constraint: 'products_pkey' },
  category_not_found: { status: 404, text: 'No product is in category {category}' },
  sold_count_out_of_range: { status: 409, text: 'The number of units sold would fall below zero' },
  product_inactive: { status: 409, text: 'Product {product_id} is no longer for sale' },
  out_of_stock: { status: 409, text: 'Product {product_id}: {available} left, {requested} asked for' },
  stock_not_found: { status: 404, text: 'There is no such item' },
  stock_not_available: { status: 409, text: 'The item is reserved or sold' },

  order_not_found: { status: 404, text: 'There is no order {invoice}' },
  pending_order_exists: {
    status: 409,
    text: 'Order {invoice} is still waiting for payment; pay or cancel it first',
    constraint: 'uq_orders_one_pending_per_user',
  },
  price_changed: { status: 409, text: 'The total is now {total_bill}' },
  order_not_pending: { status: 409, text: 'The order is {order_status} and can no longer be cancelled' },
  order_already_paid: { status: 409, text: 'The order was paid in the meantime' },
  order_not_paid: { status: 409, text: 'The order is not paid' },
  immutable_column: { status: 409, text: 'What the customer agreed to does not change' },
  order_total_mismatch: { status: 409, text: 'The items of the order do not add up to its subtotal' },
  insufficient_balance: { status: 409, text: 'The balance of {balance} does not cover {required}' },
  ledger_projection_readonly: { status: 409, text: 'Balances change through the ledger only' },
  financial_record_retained: { status: 409, text: 'Financial records are kept for seven years' },

  voucher_invalid: { status: 422, text: 'The voucher code is not valid' },
  voucher_expired: { status: 422, text: 'The voucher has expired' },
  voucher_cooldown: { status: 409, text: 'Wait {retry_after} seconds before using another voucher' },

  amount_out_of_range: { status: 422, text: 'The amount must be between {min} and {max}' },
  amount_not_whole: { status: 422, text: 'Amounts are whole rupiah' },
  gateway_fee_mismatch: {
    status: 502,
    text: 'The payment gateway answered with another fee; nothing was charged',
  },
  gateway_unavailable: { status: 503, text: 'The payment gateway does not answer; nothing was charged' },
  deposit_not_found: { status: 404, text: 'There is no deposit {invoice}' },
  pending_deposit_exists: {
    status: 409,
    text: 'Deposit {invoice} is still waiting for payment; pay or cancel it first',
    constraint: 'uq_deposits_one_pending_per_user',
  },
  deposit_not_pending: {
    status: 409,
    text: 'The deposit is {deposit_status} and can no longer be cancelled',
  },
  user_unreachable: { status: 409, text: 'This person has blocked the bot' },
  nobody_to_ask: { status: 503, text: 'None of the shop’s people can be reached right now' },
  message_too_long: {
    status: 422,
    text: 'The text has {length} characters; at most {max} fit into a message',
  },
  broadcast_not_found: { status: 404, text: 'There is no such broadcast' },
  broadcast_cancelled: { status: 409, text: 'The broadcast was cancelled' },
  broadcast_done: { status: 409, text: 'Everybody has been sent the broadcast' },
  voucher_amount_range: { status: 422, text: 'A voucher is worth {min} to {max}' },
  voucher_count_range: { status: 422, text: 'A giveaway has {min} to {max} vouchers' },
  group_not_found: { status: 404, text: 'There is no such notification group' },

  payment_not_found: { status: 404, text: 'There is no payment for {invoice}' },
  refund_not_eligible: { status: 409, text: 'Order {invoice} cannot be refunded' },
  refund_exists: {
    status: 409,
    text: 'A refund of order {invoice} was already requested',
    constraint: 'uq_refunds_one_live_per_order',
  },
  refund_decided: { status: 409, text: 'The refund is already {refund_status}' },
  export_expired: { status: 410, text: 'The download has ended; ask for a new export' },
  erasure_blocked: { status: 409, text: 'The account cannot be erased now: {reason}' },
  balance_not_zero: {
    status: 409,
    text: 'There is still a balance of {balance}; spend it or say that it may be forfeited',
  },
  payment_amount_mismatch: { status: 409, text: 'The gateway reports another amount than ours' },
} as const satisfies ErrorCatalogue

/** Everything an answer of this system can name. */
export const quickcartErrors = {
  ...kernelErrors,
  ...platformErrors,
  ...shopErrors,
} as const satisfies ErrorCatalogue

export const fail = failWith(quickcartErrors)
