-- What the running application writes of devices, pushes, offers and document logs.

-- migrate:up
grant insert, update (username, platform, last_seen_at) on fcm to niaga_app;
grant insert, update (status, fcm_message_name, error_code, attempts), delete on push_message to niaga_app;
grant insert, update (name, telp, message, audience, push, status, scheduled_at, recipients) on marketing_campaign
  to niaga_app;
grant insert, update (read_at), delete on marketing_offer to niaga_app;
grant insert, update (doc, created_at), delete on xendit_checkout_logs, xendit_payout_logs to niaga_app;

-- migrate:down
revoke insert, update, delete on xendit_checkout_logs, xendit_payout_logs, marketing_offer, marketing_campaign,
  push_message from niaga_app;
revoke insert, update (username, platform, last_seen_at) on fcm from niaga_app;
revoke update (status, fcm_message_name, error_code, attempts) on push_message from niaga_app;
revoke update (name, telp, message, audience, push, status, scheduled_at, recipients) on marketing_campaign
  from niaga_app;
revoke update (read_at) on marketing_offer from niaga_app;
revoke update (doc, created_at) on xendit_checkout_logs, xendit_payout_logs from niaga_app;
