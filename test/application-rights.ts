/**
 * The rights of the running application, decided once more beside the grants: the privilege matrix
 * (application-role.test.ts) compares every table of every schema with this list. A table that is not listed fails.
 *
 * "update(a, b)": these columns alone. Views count as tables.
 */
export type ComponentRights = Readonly<Record<string, string>>

const NOTHING = ''
const READ = 'select'
const APPEND = 'select, insert'
const KEEP = 'select, insert, update'
const ALL = 'select, insert, update, delete'

/** Kept by the migrator in every database. */
export const historyRights: ComponentRights = {
  'migrations.applied': NOTHING,
  'migrations.functions': NOTHING,
}

export const jobsRights: ComponentRights = {
  'graphile_worker._private_job_queues': KEEP,
  'graphile_worker._private_jobs': ALL,
  'graphile_worker._private_known_crontabs': READ,
  'graphile_worker._private_tasks': KEEP,
  'graphile_worker.jobs': NOTHING,
  'graphile_worker.migrations': READ,
}

export const platformRights: ComponentRights = {
  'niaga.api_key': 'select, update(last_used_at)',
  'niaga.clock': 'select, update',
  'niaga.cron': KEEP,
  'niaga.idempotency': 'select, insert, delete',
  'niaga.inbox': ALL,
  'niaga.incident': ALL,
  'niaga.kv': ALL,
  'niaga.kv_sorted_set': ALL,
  'niaga.lifecycle': NOTHING,
  'niaga.refresh_token': 'select, insert, update(used_at), delete',
  'niaga.session': 'select, insert, update(revoked_at), delete',
  'niaga.signing_key': 'select, insert, update(retired_at)',
}

/** Money moves by the ledger's functions alone. */
export const ledgerRights: ComponentRights = {
  'ledger.account': READ,
  'ledger.account_balance': READ,
  'ledger.entry': READ,
  'ledger.family': READ,
  'ledger.hold': READ,
  'ledger.projection': READ,
  'ledger.stripe': READ,
  'ledger.transfer': READ,
  'ledger.unit': READ,
}

export const auditOutboxRights: ComponentRights = {
  'audit.outbox': 'select, insert, delete',
}

export const shopRights: ComponentRights = {
  'public.audit_anchors': 'select, insert, delete',
  'public.broadcasts':
    'select, insert(body, created_at, created_by, kind, updated_at), update(failed_count, sent_count, status, total_count)',
  'public.deposits': 'select, insert, update(payment_fee, status, total_bill)',
  'public.notification_groups':
    'select, insert(added_by, chat_id, created_at, title), update(chat_id, title), delete',
  'public.order_items': 'select, insert, update(released_at)',
  'public.orders': 'select, insert, update(payment_fee, status, total_bill)',
  'public.payments':
    'select, insert, update(chat_id, checkout_url, completed_at, fee, gateway_expires_at, last_checked_at, last_error, message_id, qr_string, settled_as, status, total_payment)',
  'public.price_discounts':
    'select, insert(category, created_at, created_by, kind, product_id, scope, updated_at, value), update(created_by, is_active, kind, value)',
  'public.privacy_requests':
    'select, insert(kind, requested_at, user_id), update(completed_at, download_until, error, export_file, status)',
  'public.product_stocks': 'select, insert, update(content, is_sold, order_id, removed_at), delete',
  'public.products': KEEP,
  'public.refunds': 'select, insert, update(decided_by, reason, status)',
  'public.settings': KEEP,
  'public.support_messages':
    'select, insert(admin_id, body, created_at, direction, in_reply_to, photo_file_id, user_id)',
  'public.telegram_outbox': ALL,
  'public.users':
    'select, insert(bank_id, created_at, id, name, updated_at, username), update(blocked_bot_at, email, erased_as, erased_at, name, username, whatsapp_number)',
  'public.voucher_usage_cooldown': APPEND,
  'public.vouchers': 'select, update(is_used, order_id, used_at, used_by)',
  'public.warranty_claims': APPEND,
}

export const auditsRights: ComponentRights = {
  'public.audit_logs': APPEND,
}

export const walletRights: ComponentRights = {
  'audit.audit_anchors': 'select, insert, delete',
  'public.address_list': ALL,
  'public.api_key': 'select, update(last_used_at)',
  'public.app_setting': KEEP,
  'public.bank_account': 'select, insert, update(active)',
  'public.bank_channel':
    'select, insert, update(active, alias, code, currency, description, type, xendit_code)',
  'public.counter': KEEP,
  'public.deactivate_reason': 'select, insert, update(reactivated_at, reactivated_by)',
  'public.fcm': 'select, insert, update(disabled_reason, enabled, last_seen_at, platform, username)',
  'public.marketing_campaign':
    'select, insert, update(audience, message, name, push, recipients, scheduled_at, status, telp)',
  'public.marketing_offer': 'select, insert, update(read_at), delete',
  'public.otp_tracker': 'select, insert, update(attempts, consumed_at), delete',
  'public.payment_types': 'select, insert, update(name, status, xendit_methods)',
  'public.payout': 'select, insert, update(attempts, completed_at, failure_code, status, xendit_payout_id)',
  'public.pg_stat_user_indexes': READ,
  'public.point_mutation': 'select, insert, update(status), delete',
  'public.push_message': 'select, insert, update(attempts, error_code, fcm_message_name, status), delete',
  'public.referral_history': 'select, insert, update(qualified_transaction_id, status)',
  /** What it shows the ledger writes. */
  'public.user_balance': 'select, insert(username)',
  'public.user_info':
    'select, insert, update(agent, agent_id, date_of_birth, email, email_verified_at, erased_at, first_name, gender, last_name, marketing_opt_in, phone_number, profile_img, referral_applied_status)',
  'public.user_login':
    'select, insert(otp_login, pwd, username), update(disabled, otp_login, pwd, token, token_expires_at)',
  'public.user_role': READ,
  'public.user_transaction':
    'select, insert, update(amount_2, cancel_asked_at, gateway_error, paid_at, status, transfer_id, xendit_invoice, xendit_url)',
  'public.voucher':
    'select, insert, update(active, ends_at, is_onapps, kind, max_discount, min_amount, payee, per_user_limit, quota, redeemed_count, starts_at, value)',
  'public.voucher_redemption': 'select, insert, update(status)',
  'public.xendit_checkout_logs': 'select, insert, update(created_at, doc), delete',
  'public.xendit_payout_logs': 'select, insert, update(created_at, doc), delete',
}

/** What userstate_ro may read: nothing that opens an account or a service, and no number of a bank account. */
export const reportRights: ComponentRights = {
  'public.address_list': READ,
  'public.api_key':
    'select(created_at, expires_at, holder, last_used_at, prefix, revoked_at, scopes, updated_at)',
  'public.app_setting': READ,
  'public.bank_account': 'select(account_holder_name, account_last4, active, channel, id, username)',
  'public.bank_channel': READ,
  'public.counter': READ,
  'public.deactivate_reason': READ,
  'public.fcm': READ,
  'public.marketing_campaign': READ,
  'public.marketing_offer': READ,
  'public.otp_tracker':
    'select(attempts, consumed_at, created_at, expires_at, id, ip, purpose, updated_at, username)',
  'public.payment_types': READ,
  'public.payout': READ,
  'public.pg_stat_user_indexes': READ,
  'public.point_mutation': READ,
  'public.push_message': READ,
  'public.referral_history': READ,
  'public.user_balance': READ,
  'public.user_info': READ,
  'public.user_login': 'select(created_at, disabled, otp_login, token_expires_at, updated_at, username)',
  'public.user_role': READ,
  'public.user_transaction': READ,
  'public.voucher': READ,
  'public.voucher_redemption': READ,
  'public.xendit_checkout_logs': READ,
  'public.xendit_payout_logs': READ,
}
