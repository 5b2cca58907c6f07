/**
 * Everything that the page asks of the public API, and what it reads of the answers. Rupiah are texts of whole ones, points
 * texts with at most two decimals, instants ISO 8601.
 *
 * @typedef {{ username: string, email: string, email_verified: boolean, first_name: string, last_name: string,
 *   profile_img: string | null, phone_number: string | null, gender: string | null, date_of_birth: string | null, marketing_opt_in: boolean,
 *   otp_login: boolean }} Profile
 * @typedef {{ id: string, recipient: string, phone: string, address_input: string, province: string, district: string,
 *   city: string, urban: string, post_id: string, primary: boolean }} Address
 * @typedef {{ balance: string, in_transaction: string, available: string, points: string, points_held: string }} Wallet
 * @typedef {'PENDING' | 'PAID' | 'EXPIRED' | 'CANCELLED' | 'FAILED'} Status
 * @typedef {{ id: string, type: string, direction: 'credit' | 'debit', amount: string, status: Status, src: string | null,
 *   invoice: string, xendit_url: string | null, payee: string | null, description: string | null, amount_2: string | null,
 *   expired_at: string | null, paid_at: string | null, created_at: string, balance_after: string | null }} Transaction
 * @typedef {{ id: number, type: 'EARN' | 'REDEEM', amount: string, src: string, status: 'PENDING' | 'COMPLETE',
 *   reference_number: string, created_at: string }} Mutation
 * @typedef {{ balance: string, held: string, earned: string, redeemed: string }} Points
 * @typedef {{ code: string, kind: 'BALANCE' | 'POINTS' | 'DISCOUNT_FIXED' | 'DISCOUNT_PERCENT', value: number,
 *   max_discount: number | null, min_amount: number, payee: string | null, ends_at: string | null }} Voucher
 * @typedef {{ id: number, code: string, status: 'RESERVED' | 'REDEEMED' | 'CANCELLED', value: number | null,
 *   created_at: string }} Redemption
 * @typedef {{ id: number, channel_code: string, account_last4: string | null, account_holder_name: string }} BankAccount
 * @typedef {{ id: number, code: string, description: string | null }} Channel
 * @typedef {{ id: string, transaction_id: string, channel_code: string, account_last4: string,
 *   account_holder_name: string, amount: string, fee: string, created_at: string,
 *   status: 'QUEUED' | 'ACCEPTED' | 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'REVERSED' }} Payout
 * @typedef {{ code: string | null, status: string | null, totals: { total: number, pending: number,
 *   completed: number } }} Referral
 * @typedef {import('./session.js').Tokens} Tokens
 */
/**
 * @template Item
 * @typedef {{ items: Item[], next_cursor: string | null }} Page
 */
import { call } from './api.js'
import { once } from './intentions.js'

/** @typedef {Readonly<Record<string, string>>} Fields */

/**
 * What the routes below answer is what the API's own reference says.
 * @template Answer
 * @param {Promise<unknown>} answer
 * @returns {Promise<Answer>}
 */
const as = (answer) => /** @type {Promise<Answer>} */ (answer)

/**
 * @param {string} path
 * @param {unknown} [body]
 */
const open = (path, body) => call('POST', path, { body, open: true })

/**
 * @param {string} path
 * @param {Readonly<Record<string, string | undefined>>} query
 */
const query = (path, query) => {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []))
  return `${path}?${new URLSearchParams(given)}`
}

/** @type {(fields: Fields) => Promise<Tokens>} */
export const register = (fields) => as(open('/auth/register', fields))
/** @type {(fields: Fields) => Promise<Tokens>} */
export const signIn = (fields) => as(open('/auth/login', fields))
/** @param {string} login */
export const askReset = (login) => open('/auth/password-reset', { login })
/** @type {(login: string, otp: string) => Promise<{ ticket: string }>} */
export const verifyReset = (login, otp) => as(open('/auth/password-reset/verify', { login, otp }))
/** @type {(ticket: string, password: string) => Promise<unknown>} */
export const confirmReset = (ticket, password) =>
  open('/auth/password-reset/confirm', { ticket, new_password: password })
export const signOut = () => call('POST', '/auth/logout')
export const signOutEverywhere = () => call('POST', '/auth/logout-all')

/** @param {'VERIFY_EMAIL' | 'PAYOUT'} purpose */
export const mailCode = (purpose) => call('POST', '/otp', { body: { purpose } })
/** @param {string} otp */
export const confirmEmail = (otp) => call('POST', '/otp/verify', { body: { purpose: 'VERIFY_EMAIL', otp } })

/** @type {() => Promise<Profile>} */
export const profile = () => as(call('GET', '/users/me'))
/** @type {(changes: Readonly<Record<string, string | boolean | null>>) => Promise<Profile>} */
export const changeProfile = (changes) => as(call('PATCH', '/users/me', { body: changes }))
/** @type {(path: string) => Promise<Blob>} path: as `profile_img` says */
export const picture = (path) => as(call('GET', `/files/${path}`, { file: true }))
/** @type {(file: File) => Promise<{ profile_img: string }>} */
export const changePicture = (file) => {
  const body = new FormData()
  body.set('file', file)
  return as(call('PUT', '/users/me/profile-image', { body }))
}
export const removePicture = () => call('DELETE', '/users/me/profile-image')
/** @type {(current: string, next: string) => Promise<unknown>} */
export const changePassword = (current, next) =>
  call('POST', '/auth/password', { body: { current_password: current, new_password: next } })

/** @type {(cursor?: string) => Promise<Page<Address>>} */
export const addresses = (cursor) => as(call('GET', query('/addresses', { cursor, limit: '50' })))
/** @type {(id: string) => Promise<Address>} */
export const address = (id) => as(call('GET', `/addresses/${encodeURIComponent(id)}`))
/** @param {Fields} fields */
export const addAddress = (fields) => call('POST', '/addresses', { body: fields })
/** @type {(id: string, fields: Fields) => Promise<unknown>} */
export const changeAddress = (id, fields) => call('PATCH', `/addresses/${id}`, { body: fields })
/** @param {string} id */
export const makePrimary = (id) => call('POST', `/addresses/${id}/primary`)
/** @param {string} id */
export const removeAddress = (id) => call('DELETE', `/addresses/${id}`)

/** @type {() => Promise<Wallet>} */
export const wallet = () => as(call('GET', '/wallet'))
/** @type {(filter: Readonly<Record<string, string | undefined>>) => Promise<Page<Transaction>>} */
export const transactions = (filter) => as(call('GET', query('/transactions', filter)))
/** @type {(id: string) => Promise<Transaction>} */
export const transaction = (id) => as(call('GET', `/transactions/${encodeURIComponent(id)}`))

/** @type {() => Promise<{ items: { name: string }[] }>} */
export const paymentTypes = () => as(call('GET', '/payment-types'))
/** @type {(fields: Fields) => Promise<Transaction>} */
export const topUp = (fields) =>
  as(once('topup', fields, (key) => call('POST', '/topups', { body: { ...fields, platform: 'web' }, key })))
/** @type {(id: string) => Promise<Transaction>} */
export const cancelTopup = (id) =>
  as(once('topup cancel', id, (key) => call('POST', `/topups/${id}/cancel`, { key })))
/** @param {string} id */
export const askGateway = (id) => call('POST', `/topups/${id}/sync`)
/** @type {(fields: Fields) => Promise<Transaction>} */
export const pay = (fields) =>
  as(once('pay', fields, (key) => call('POST', '/payments', { body: { ...fields, platform: 'web' }, key })))

/** What waits for the gateway. @type {(id: string) => Promise<Transaction>} */
export const cancelPayment = (id) =>
  as(once('payment cancel', id, (key) => call('POST', `/payments/${id}/cancel`, { key })))

/** @type {() => Promise<Points>} */
export const readPoints = () => as(call('GET', '/points'))
/** @type {(cursor?: string) => Promise<Page<Mutation>>} */
export const mutations = (cursor) => as(call('GET', query('/points/mutations', { cursor })))
/** @type {(amount: string) => Promise<{ transaction: { id: string, balance: string } }>} */
export const redeemPoints = (amount) =>
  as(once('redeem points', amount, (key) => call('POST', '/points/redemptions', { body: { amount }, key })))
/** @type {(code: string) => Promise<Voucher>} */
export const voucher = (code) => as(call('GET', `/vouchers/${encodeURIComponent(code)}`))
/** @type {(code: string) => Promise<Redemption>} */
export const redeemVoucher = (code) =>
  as(once('redeem voucher', code, (key) => call('POST', '/vouchers/redemptions', { body: { code }, key })))
/** @type {(cursor?: string) => Promise<Page<Redemption>>} */
export const redemptions = (cursor) => as(call('GET', query('/vouchers/redemptions', { cursor })))

/** @type {() => Promise<{ items: Channel[] }>} */
export const channels = () => as(call('GET', '/bank-channels'))
/** @type {() => Promise<{ items: BankAccount[] }>} */
export const bankAccounts = () => as(call('GET', '/bank-accounts'))
/** @type {(fields: { channel: number, account_number: string, account_holder_name: string }) => Promise<BankAccount>} */
export const addBankAccount = (fields) => as(call('POST', '/bank-accounts', { body: fields }))
/** @param {number} id */
export const removeBankAccount = (id) => call('DELETE', `/bank-accounts/${id}`)
/** @type {(cursor?: string) => Promise<Page<Payout>>} */
export const payouts = (cursor) => as(call('GET', query('/payouts', { cursor, limit: '10' })))
/**
 * The code is no part of the intention: with another code it is the same withdrawal. Where one is needed and none is given,
 * the answer is `otp_required`.
 * @type {(wanted: { bank_account_id: number, amount: string }, otp?: string) => Promise<Payout>}
 */
export const withdraw = (wanted, otp) =>
  as(
    once('withdraw', wanted, (key) =>
      call('POST', '/payouts', { body: { ...wanted, otp, platform: 'web' }, key }),
    ),
  )
/** @type {(id: string) => Promise<Payout>} */
export const cancelPayout = (id) =>
  as(once('payout cancel', id, (key) => call('POST', `/payouts/${id}/cancel`, { key })))

/** @type {() => Promise<Referral>} */
export const referral = () => as(call('GET', '/referrals/me'))
/** @type {(code: string) => Promise<Referral>} */
export const applyReferral = (code) => as(call('POST', '/referrals', { body: { referral_code: code } }))
