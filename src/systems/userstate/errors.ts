/** What UserState answers when it refuses: codes and statuses of its specification, §5 and §6. */
import { type ErrorCatalogue, failWith, kernelErrors } from '../../kernel/errors.ts'
import { ledgerErrors } from '../../ledger/errors.ts'
import { platformErrors } from '../../platform/errors.ts'

const walletErrors = {
  // Said by the ground floor too, with another status or code: `inOurWords` brings those here.
  validation_failed: { status: 400, text: 'Some fields are not valid' },
  idempotency_key_reused: { status: 422, text: 'This Idempotency-Key was used for another request' },
  idempotency_in_progress: {
    status: 409,
    text: 'A request with this Idempotency-Key is still being processed; ask again in a moment',
  },
  gateway_unavailable: { status: 503, text: 'The payment gateway does not answer' },

  username_taken: {
    status: 409,
    text: 'This username is taken',
    constraint: ['user_login_pkey', 'uq_user_login_username_lower'],
  },
  email_taken: {
    status: 409,
    text: 'Another account uses this e-mail address',
    constraint: ['user_info_email_key', 'uq_user_info_email_lower'],
  },
  weak_password: { status: 422, text: 'The password is too weak: {reason}' },
  invalid_credentials: { status: 401, text: 'Login or password is wrong' },
  account_disabled: { status: 403, text: 'This account is disabled' },
  otp_required: { status: 403, text: 'Send the code that was mailed' },
  otp_invalid: { status: 400, text: 'The code is not right' },
  otp_expired: { status: 410, text: 'The code is too old; ask for a new one' },
  otp_locked: { status: 429, text: 'Too many wrong codes; ask for a new one' },
  otp_resend_too_soon: { status: 429, text: 'Ask again in {retry_after} seconds' },
  ticket_invalid: { status: 400, text: 'This ticket is not valid (any more)' },
  email_not_verified: { status: 403, text: 'Confirm your e-mail address first' },
  file_too_large: { status: 413, text: 'The picture may have at most {limit} bytes' },
  unsupported_image: {
    status: 415,
    text: 'Send a JPEG, PNG or WebP picture of at most {pixels} pixels a side',
  },
  address_limit: { status: 409, text: 'There are already {limit} addresses' },
  primary_required: { status: 409, text: 'One address is always the primary one; make another one primary' },

  amount_out_of_range: { status: 422, text: 'The amount must be between {min} and {max}' },
  wallet_limit_exceeded: { status: 422, text: 'The wallet may hold at most {max}' },
  payment_type_inactive: { status: 422, text: 'This way of paying is not offered' },
  gateway_rejected: { status: 502, text: 'The payment gateway refused the request' },
  already_paid: { status: 409, text: 'It was paid in the meantime' },
  insufficient_funds: { status: 422, text: 'The wallet does not cover that' },
  payee_unknown: { status: 422, text: 'There is no service of this name' },
  payment_not_pending: { status: 409, text: 'The payment is {status}' },
  payment_expired: { status: 409, text: 'The time to settle this payment is over' },
  refund_exceeds_payment: { status: 422, text: 'At most {refundable} can be refunded' },
  payee_funds_insufficient: { status: 409, text: 'The service does not hold enough to refund that' },

  referral_code_invalid: { status: 404, text: 'There is no such referral code' },
  referral_self: { status: 422, text: 'Your own code cannot invite you' },
  referral_already_applied: {
    status: 409,
    text: 'A referral code was applied before',
    constraint: 'uq_referral_history_username',
  },
  referral_not_eligible: { status: 409, text: 'It is too late to apply a referral code' },
  referral_circular: { status: 422, text: 'You invited the owner of this code yourself' },
  insufficient_points: { status: 422, text: 'There are not enough points' },
  duplicate_reference: {
    status: 409,
    text: 'There is a mutation with this reference already',
    constraint: 'uq_point_mutation_award',
  },
  mutation_not_pending: { status: 409, text: 'The mutation is complete' },
  voucher_unknown: { status: 404, text: 'There is no such voucher' },
  voucher_inactive: { status: 409, text: 'The voucher is not valid now' },
  voucher_exhausted: {
    status: 409,
    text: 'The voucher was used as often as it may be',
    constraint: 'voucher_within_quota',
  },
  voucher_already_used: { status: 409, text: 'You have used this voucher' },
  voucher_min_amount: { status: 422, text: 'The voucher is for payments of {min} and more' },
  voucher_wrong_kind: { status: 422, text: 'The voucher cannot be used here' },
  voucher_in_use: { status: 409, text: 'Kind and value stay as they are once a voucher was used' },
  voucher_terms_invalid: {
    status: 422,
    text: 'At most 100 per cent, and an end after the beginning',
    constraint: ['voucher_check', 'voucher_check1'],
  },
  voucher_exists: { status: 409, text: 'There is a voucher with this code', constraint: 'voucher_pkey' },

  bank_channel_inactive: { status: 422, text: 'This bank is not offered' },
  bank_account_exists: {
    status: 409,
    text: 'This account is already there',
    constraint: 'uq_bank_account_number',
  },
  bank_account_limit: { status: 409, text: 'There are already {limit} bank accounts' },
  bank_account_in_use: { status: 409, text: 'A payout to this account is under way' },
  bank_account_unusable: { status: 422, text: 'This account cannot be paid out to' },
  payout_daily_limit: { status: 422, text: 'At most {max} can be paid out in a day' },
  payout_not_cancellable: { status: 409, text: 'The payout is {status} and can no longer be cancelled' },
  payout_closed: { status: 409, text: 'The payout is {status}: there is nothing to try again' },
  campaign_not_editable: { status: 409, text: 'The campaign is {status}' },
  pending_transactions: { status: 409, text: 'Something is still under way: {what}' },
  balance_not_empty: { status: 409, text: 'There is still a balance of {balance}' },
  webhook_token_invalid: { status: 401, text: 'The callback token is not ours' },
  webhook_malformed: { status: 400, text: 'The event could not be read' },
  bank_channel_in_use: {
    status: 409,
    text: 'Accounts of people are there: another bank needs a number of its own',
  },
  payment_type_exists: { status: 409, text: 'There is a payment type of this name' },
  setting_invalid: { status: 422, text: 'The setting cannot have this value' },
  api_key_limit: { status: 409, text: 'This service has {limit} keys already; revoke one first' },
  last_admin: { status: 409, text: 'The last admin stays one' },
  account_erased: { status: 409, text: 'This account was erased' },
  points_not_empty: { status: 409, text: 'There are still {points} points' },
  erasure_blocked: { status: 409, text: 'The account cannot be erased now: {reason}' },

  immutable_column: { status: 409, text: 'What was agreed does not change' },
  counter_goes_back: { status: 409, text: 'A number that was used is not used again' },
  referral_status_mirrored: { status: 409, text: 'The status follows the history of referrals' },
} as const satisfies ErrorCatalogue

/** Everything an answer of this system can name. */
export const userstateErrors = {
  ...kernelErrors,
  ...platformErrors,
  ...ledgerErrors,
  ...walletErrors,
} as const satisfies ErrorCatalogue

export const fail = failWith(userstateErrors)
