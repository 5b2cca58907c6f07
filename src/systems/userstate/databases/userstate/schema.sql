-- The schema public of userstate. Generated from its catalog by `npm run generate`: never edit.

create table address_list (
  address_id bigint default nextval('address_list_address_id_seq'::regclass) not null,
  recipient character varying(255) not null,
  phone character varying(255) not null,
  category character varying(255),
  address_input character varying(255) not null,
  province character varying(255) not null,
  district character varying(255) not null,
  city character varying(255) not null,
  urban character varying(255) not null,
  post_id character varying(255) not null,
  osas_log_id integer not null,
  username character varying(255) not null,
  primary_address boolean not null,
  address jsonb not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint address_list_pkey PRIMARY KEY (address_id),
  constraint address_list_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint address_list_address_check CHECK (jsonb_typeof(address) = 'object'::text)
);
CREATE INDEX address_list_username_idx ON address_list USING btree (username);
CREATE UNIQUE INDEX uq_address_list_primary ON address_list USING btree (username) WHERE primary_address;
CREATE TRIGGER touch BEFORE UPDATE ON address_list FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table api_key (
  key character varying(255) not null,
  holder character varying(255) not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  prefix character varying(16),
  scopes text[] default '{service}'::text[] not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint api_key_pkey PRIMARY KEY (key)
);
CREATE INDEX idx_api_key_holder ON api_key USING btree (holder, prefix);
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON api_key FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER touch BEFORE UPDATE ON api_key FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table app_setting (
  key character varying(64) not null,
  value jsonb not null,
  description text,
  updated_by character varying(255),
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint app_setting_pkey PRIMARY KEY (key),
  constraint app_setting_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES user_login(username)
);
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON app_setting FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER settings_changed AFTER INSERT OR DELETE OR UPDATE ON app_setting FOR EACH ROW EXECUTE FUNCTION niaga.settings_changed();
CREATE TRIGGER touch BEFORE UPDATE ON app_setting FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table bank_account (
  id integer default next_bank_account_id() not null,
  username character varying(255) not null,
  channel integer not null,
  account_number_enc bytea,
  account_number_hash character varying(64),
  account_last4 character varying(4),
  account_holder_name character varying(100),
  active boolean default true not null,
  constraint bank_account_pkey PRIMARY KEY (id),
  constraint bank_account_channel_fkey FOREIGN KEY (channel) REFERENCES bank_channel(id),
  constraint bank_account_username_fkey FOREIGN KEY (username) REFERENCES user_login(username)
);
CREATE INDEX bank_account_username_idx ON bank_account USING btree (username);
CREATE UNIQUE INDEX uq_bank_account_number ON bank_account USING btree (username, channel, account_number_hash) WHERE (active AND (account_number_hash IS NOT NULL));
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON bank_account FOR EACH ROW EXECUTE FUNCTION audit_change();

create table bank_channel (
  id integer not null,
  code character varying(255) not null,
  type character varying(255) not null,
  currency character varying(255) not null,
  description text,
  alias text,
  active boolean default true not null,
  xendit_code character varying(64),
  constraint bank_channel_pkey PRIMARY KEY (id)
);
CREATE INDEX bank_channel_code_idx ON bank_channel USING btree (code);
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON bank_channel FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER skip_repeat BEFORE INSERT ON bank_channel FOR EACH ROW EXECUTE FUNCTION skip_repeated_bank_channel();

create table counter (
  type character varying(255) not null,
  counter integer not null,
  month integer not null,
  constraint counter_pkey PRIMARY KEY (type),
  constraint counter_counter_check CHECK (counter >= 0),
  constraint counter_month_check CHECK (month >= 0)
);
CREATE TRIGGER guard BEFORE UPDATE ON counter FOR EACH ROW EXECUTE FUNCTION guard_counter();

create table deactivate_reason (
  id integer default nextval('deactivate_reason_id_seq'::regclass) not null,
  username character varying(255) not null,
  reason character varying(255) not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  reactivated_at timestamp with time zone,
  reactivated_by character varying(255),
  constraint deactivate_reason_pkey PRIMARY KEY (id),
  constraint deactivate_reason_reactivated_by_fkey FOREIGN KEY (reactivated_by) REFERENCES user_login(username),
  constraint deactivate_reason_username_fkey FOREIGN KEY (username) REFERENCES user_login(username)
);
CREATE INDEX deactivate_reason_username_idx ON deactivate_reason USING btree (username);
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON deactivate_reason FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER touch BEFORE UPDATE ON deactivate_reason FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table fcm (
  fcm_id character varying(255) not null,
  enabled boolean default true not null,
  username character varying(255),
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  platform character varying(16),
  last_seen_at timestamp with time zone,
  disabled_reason character varying(64),
  constraint fcm_pkey PRIMARY KEY (fcm_id),
  constraint fcm_username_fkey FOREIGN KEY (username) REFERENCES user_login(username)
);
CREATE INDEX fcm_username_idx ON fcm USING btree (username);
CREATE TRIGGER touch BEFORE UPDATE ON fcm FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table marketing_campaign (
  id bigint default nextval('marketing_campaign_id_seq'::regclass) not null,
  name character varying(255) not null,
  telp character varying(255) not null,
  message character varying(255) not null,
  audience jsonb not null,
  push boolean default true not null,
  status character varying(16) default 'DRAFT'::character varying not null,
  scheduled_at timestamp with time zone,
  recipients integer default 0 not null,
  created_by character varying(255) not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint marketing_campaign_pkey PRIMARY KEY (id),
  constraint marketing_campaign_created_by_fkey FOREIGN KEY (created_by) REFERENCES user_login(username),
  constraint marketing_campaign_audience_check CHECK (jsonb_typeof(audience) = 'object'::text),
  constraint marketing_campaign_status_check CHECK (status::text = ANY (ARRAY['DRAFT'::character varying, 'SCHEDULED'::character varying, 'SENDING'::character varying, 'SENT'::character varying, 'CANCELLED'::character varying]::text[]))
);
CREATE INDEX idx_marketing_campaign_due ON marketing_campaign USING btree (scheduled_at) WHERE ((status)::text = 'SCHEDULED'::text);
CREATE TRIGGER touch BEFORE UPDATE ON marketing_campaign FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON marketing_campaign FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'DRAFT'::text OR COALESCE(new.status::text, ''::text) <> 'SCHEDULED'::text) AND (COALESCE(old.status::text, ''::text) <> 'DRAFT'::text OR COALESCE(new.status::text, ''::text) <> 'SENDING'::text) AND (COALESCE(old.status::text, ''::text) <> 'DRAFT'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text) AND (COALESCE(old.status::text, ''::text) <> 'SENDING'::text OR COALESCE(new.status::text, ''::text) <> 'SENT'::text) AND (COALESCE(old.status::text, ''::text) <> 'SENDING'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text) AND (COALESCE(old.status::text, ''::text) <> 'SCHEDULED'::text OR COALESCE(new.status::text, ''::text) <> 'SENDING'::text) AND (COALESCE(old.status::text, ''::text) <> 'SCHEDULED'::text OR COALESCE(new.status::text, ''::text) <> 'DRAFT'::text) AND (COALESCE(old.status::text, ''::text) <> 'SCHEDULED'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table marketing_offer (
  msg_id integer default nextval('marketing_offer_msg_id_seq'::regclass) not null,
  username character varying(255) not null,
  name character varying(255) not null,
  telp character varying(255) not null,
  message character varying(255) not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  campaign_id bigint,
  read_at timestamp with time zone,
  constraint marketing_offer_pkey PRIMARY KEY (msg_id),
  constraint marketing_offer_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES marketing_campaign(id),
  constraint marketing_offer_username_fkey FOREIGN KEY (username) REFERENCES user_login(username)
);
CREATE INDEX idx_marketing_offer_created_at ON marketing_offer USING btree (created_at);
CREATE INDEX marketing_offer_username_idx ON marketing_offer USING btree (username);
CREATE UNIQUE INDEX uq_marketing_offer_campaign_user ON marketing_offer USING btree (campaign_id, username) WHERE (campaign_id IS NOT NULL);
CREATE TRIGGER touch BEFORE UPDATE ON marketing_offer FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table otp_tracker (
  id integer default nextval('otp_tracker_id_seq'::regclass) not null,
  username character varying(255) not null,
  otp character varying(255) not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  purpose character varying(32) default 'LOGIN'::character varying not null,
  attempts integer default 0 not null,
  expires_at timestamp with time zone default (CURRENT_TIMESTAMP + '00:05:00'::interval) not null,
  consumed_at timestamp with time zone,
  ip inet,
  constraint otp_tracker_pkey PRIMARY KEY (id),
  constraint otp_tracker_attempts_check CHECK (attempts >= 0)
);
CREATE INDEX idx_otp_tracker_active ON otp_tracker USING btree (username, purpose, id DESC) WHERE (consumed_at IS NULL);
CREATE INDEX idx_otp_tracker_created_at ON otp_tracker USING btree (created_at);
CREATE INDEX otp_tracker_username_idx ON otp_tracker USING btree (username);
CREATE TRIGGER touch BEFORE UPDATE ON otp_tracker FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table payment_types (
  id integer default nextval('payment_types_id_seq'::regclass) not null,
  name character varying(255) not null,
  status boolean not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  xendit_methods text[] default '{}'::text[] not null,
  constraint payment_types_pkey PRIMARY KEY (id)
);
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON payment_types FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER name_stays_unique BEFORE UPDATE OF name ON payment_types FOR EACH ROW WHEN (old.name::text <> new.name::text) EXECUTE FUNCTION refuse_taken_payment_type();
CREATE TRIGGER skip_repeat BEFORE INSERT ON payment_types FOR EACH ROW EXECUTE FUNCTION skip_repeated_payment_type();
CREATE TRIGGER touch BEFORE UPDATE ON payment_types FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table payout (
  id bigint default nextval('payout_id_seq'::regclass) not null,
  username character varying(255) not null,
  transaction_id bigint not null,
  bank_account_id integer not null,
  reference_id character varying(64) not null,
  xendit_payout_id character varying(255),
  channel_code character varying(64) not null,
  account_last4 character varying(4) not null,
  account_holder_name character varying(100) not null,
  amount integer not null,
  fee integer default 0 not null,
  status character varying(16) not null,
  failure_code character varying(64),
  estimated_arrival_time timestamp with time zone,
  attempts integer default 0 not null,
  fee_hold_id uuid,
  completed_at timestamp with time zone,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint payout_pkey PRIMARY KEY (id),
  constraint payout_reference_id_key UNIQUE (reference_id),
  constraint payout_transaction_id_key UNIQUE (transaction_id),
  constraint payout_xendit_payout_id_key UNIQUE (xendit_payout_id),
  constraint payout_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES bank_account(id),
  constraint payout_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES user_transaction(id),
  constraint payout_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint payout_amount_check CHECK (amount > 0),
  constraint payout_attempts_check CHECK (attempts >= 0),
  constraint payout_fee_check CHECK (fee >= 0),
  constraint payout_status_check CHECK (status::text = ANY (ARRAY['QUEUED'::character varying, 'ACCEPTED'::character varying, 'PENDING'::character varying, 'SUCCEEDED'::character varying, 'FAILED'::character varying, 'CANCELLED'::character varying, 'REVERSED'::character varying]::text[]))
);
CREATE INDEX idx_payout_open ON payout USING btree (status, updated_at) WHERE ((status)::text = ANY ((ARRAY['QUEUED'::character varying, 'ACCEPTED'::character varying, 'PENDING'::character varying])::text[]));
CREATE INDEX idx_payout_username_created ON payout USING btree (username, created_at DESC);
CREATE TRIGGER agreed_stays BEFORE UPDATE ON payout FOR EACH ROW WHEN (old.id IS DISTINCT FROM new.id OR old.username::text IS DISTINCT FROM new.username::text OR old.transaction_id IS DISTINCT FROM new.transaction_id OR old.bank_account_id IS DISTINCT FROM new.bank_account_id OR old.reference_id::text IS DISTINCT FROM new.reference_id::text OR old.channel_code::text IS DISTINCT FROM new.channel_code::text OR old.amount IS DISTINCT FROM new.amount OR old.fee IS DISTINCT FROM new.fee OR old.xendit_payout_id::text <> new.xendit_payout_id::text) EXECUTE FUNCTION refuse_agreed_change();
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON payout FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER tell AFTER UPDATE OF status ON payout FOR EACH ROW WHEN (old.status::text <> new.status::text AND (new.status::text = ANY (ARRAY['SUCCEEDED'::character varying, 'FAILED'::character varying, 'CANCELLED'::character varying, 'REVERSED'::character varying]::text[]))) EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER touch BEFORE UPDATE ON payout FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON payout FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'ACCEPTED'::text) AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'PENDING'::text) AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'SUCCEEDED'::text) AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'FAILED'::text) AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'SUCCEEDED'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'FAILED'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text) AND (COALESCE(old.status::text, ''::text) <> 'ACCEPTED'::text OR COALESCE(new.status::text, ''::text) <> 'PENDING'::text) AND (COALESCE(old.status::text, ''::text) <> 'ACCEPTED'::text OR COALESCE(new.status::text, ''::text) <> 'SUCCEEDED'::text) AND (COALESCE(old.status::text, ''::text) <> 'ACCEPTED'::text OR COALESCE(new.status::text, ''::text) <> 'FAILED'::text) AND (COALESCE(old.status::text, ''::text) <> 'ACCEPTED'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text) AND (COALESCE(old.status::text, ''::text) <> 'SUCCEEDED'::text OR COALESCE(new.status::text, ''::text) <> 'REVERSED'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table pg_stat_user_indexes (
  relid oid,
  indexrelid oid,
  schemaname name,
  relname name,
  indexrelname name,
  idx_scan bigint,
  last_idx_scan timestamp with time zone,
  idx_tup_read bigint,
  idx_tup_fetch bigint,
  tablename name,
  indexname name
);

create table point_mutation (
  id integer default nextval('point_mutation_id_seq'::regclass) not null,
  username character varying(255) not null,
  type enum_point_mutation_type not null,
  amount numeric not null,
  reference_number character varying(255) not null,
  src character varying(255) not null,
  status enum_point_mutation_status not null,
  account_name character varying(255),
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  available_at timestamp with time zone,
  hold_id uuid,
  transfer_id uuid,
  constraint point_mutation_pkey PRIMARY KEY (id),
  constraint point_mutation_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint point_mutation_amount_check CHECK (amount > 0::numeric),
  constraint point_mutation_decimals_check CHECK (amount = round(amount, 2))
);
CREATE INDEX idx_point_mutation_due ON point_mutation USING btree (available_at) WHERE ((status = 'PENDING'::enum_point_mutation_status) AND (available_at IS NOT NULL));
CREATE INDEX idx_point_mutation_type ON point_mutation USING btree (type);
CREATE INDEX idx_point_mutation_username ON point_mutation USING btree (username);
CREATE INDEX idx_point_user_type_status ON point_mutation USING btree (username, type, status);
CREATE INDEX point_mutation_reference_number_idx ON point_mutation USING btree (reference_number);
CREATE UNIQUE INDEX uq_point_mutation_award ON point_mutation USING btree (username, type, src, reference_number) WHERE ((src)::text = ANY ((ARRAY['REFERRAL'::character varying, 'SIGNUP_BONUS'::character varying, 'TRANSACTION'::character varying])::text[]));
CREATE TRIGGER post AFTER INSERT OR DELETE ON point_mutation FOR EACH ROW EXECUTE FUNCTION post_point_mutation();
CREATE TRIGGER post_completed AFTER UPDATE OF status ON point_mutation FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION post_point_mutation();
CREATE TRIGGER prepare BEFORE INSERT OR DELETE OR UPDATE ON point_mutation FOR EACH ROW EXECUTE FUNCTION prepare_point_mutation();
CREATE TRIGGER touch BEFORE UPDATE ON point_mutation FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON point_mutation FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'COMPLETE'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table push_message (
  id bigint default nextval('push_message_id_seq'::regclass) not null,
  username character varying(255),
  fcm_id character varying(255) not null,
  title character varying(255) not null,
  body text not null,
  data jsonb default '{}'::jsonb not null,
  dedupe_key character varying(128) not null,
  status character varying(16) default 'QUEUED'::character varying not null,
  fcm_message_name character varying(255),
  error_code character varying(64),
  attempts integer default 0 not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint push_message_pkey PRIMARY KEY (id),
  constraint push_message_fcm_id_fkey FOREIGN KEY (fcm_id) REFERENCES fcm(fcm_id),
  constraint push_message_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint push_message_attempts_check CHECK (attempts >= 0),
  constraint push_message_data_check CHECK (jsonb_typeof(data) = 'object'::text),
  constraint push_message_status_check CHECK (status::text = ANY (ARRAY['QUEUED'::character varying, 'SENT'::character varying, 'FAILED'::character varying, 'SKIPPED'::character varying]::text[]))
);
CREATE INDEX idx_push_message_created_at ON push_message USING btree (created_at);
CREATE INDEX idx_push_message_queued ON push_message USING btree (id) WHERE ((status)::text = 'QUEUED'::text);
CREATE INDEX idx_push_message_username_created ON push_message USING btree (username, created_at DESC);
CREATE UNIQUE INDEX uq_push_message_dedupe ON push_message USING btree (dedupe_key, fcm_id);
CREATE TRIGGER touch BEFORE UPDATE ON push_message FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON push_message FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'SENT'::text) AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'FAILED'::text) AND (COALESCE(old.status::text, ''::text) <> 'QUEUED'::text OR COALESCE(new.status::text, ''::text) <> 'SKIPPED'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table referral_history (
  id integer default nextval('referral_history_id_seq'::regclass) not null,
  username character varying(255) not null,
  referral_code character varying(255) not null,
  submitted_by character varying(255) not null,
  status character varying(255) not null,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  expires_at timestamp with time zone,
  qualified_transaction_id bigint,
  constraint referral_history_pkey PRIMARY KEY (id),
  constraint referral_history_qualified_transaction_id_fkey FOREIGN KEY (qualified_transaction_id) REFERENCES user_transaction(id),
  constraint referral_history_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES user_info(username),
  constraint referral_history_username_fkey FOREIGN KEY (username) REFERENCES user_info(username),
  constraint referral_history_self_check CHECK (username::text <> submitted_by::text),
  constraint referral_history_status_check CHECK (status::text = ANY (ARRAY['PENDING'::character varying, 'COMPLETED'::character varying, 'EXPIRED'::character varying]::text[]))
);
CREATE INDEX idx_referral_history_status ON referral_history USING btree (status);
CREATE INDEX idx_referral_history_submitted_by ON referral_history USING btree (submitted_by);
CREATE UNIQUE INDEX uq_referral_history_username ON referral_history USING btree (username);
CREATE TRIGGER mirror AFTER INSERT OR UPDATE OF status ON referral_history FOR EACH ROW EXECUTE FUNCTION mirror_referral();
CREATE TRIGGER touch BEFORE UPDATE ON referral_history FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON referral_history FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'COMPLETED'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'EXPIRED'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table user_balance (
  username character varying(255) not null,
  balance integer default 0 not null,
  onapps_point character varying(255),
  in_transaction integer default 0 not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint user_balance_pkey PRIMARY KEY (username),
  constraint user_balance_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint user_balance_available_check CHECK (in_transaction <= balance),
  constraint user_balance_balance_check CHECK (balance >= 0),
  constraint user_balance_in_transaction_check CHECK (in_transaction >= 0),
  constraint user_balance_onapps_point_check CHECK (onapps_point IS NULL OR onapps_point::text ~ '^[0-9]{1,15}([.][0-9]{1,2})?$'::text)
);
CREATE TRIGGER a_open_points AFTER INSERT ON user_balance FOR EACH ROW WHEN (new.onapps_point::numeric > 0::numeric) EXECUTE FUNCTION open_points();
CREATE TRIGGER ledger_1_deleted AFTER DELETE ON user_balance FOR EACH ROW EXECUTE FUNCTION ledger.projection_moved('1');
CREATE TRIGGER ledger_1_guard BEFORE UPDATE OF balance ON user_balance FOR EACH ROW WHEN (old.balance IS DISTINCT FROM new.balance) EXECUTE FUNCTION ledger.guard_1();
CREATE TRIGGER ledger_1_opened AFTER INSERT ON user_balance FOR EACH ROW EXECUTE FUNCTION ledger.projection_opened('1');
CREATE TRIGGER ledger_1_renamed AFTER UPDATE OF username ON user_balance FOR EACH ROW WHEN (old.username::text IS DISTINCT FROM new.username::text) EXECUTE FUNCTION ledger.projection_moved('1');
CREATE TRIGGER ledger_2_deleted AFTER DELETE ON user_balance FOR EACH ROW EXECUTE FUNCTION ledger.projection_moved('2');
CREATE TRIGGER ledger_2_guard BEFORE UPDATE OF in_transaction ON user_balance FOR EACH ROW WHEN (old.in_transaction IS DISTINCT FROM new.in_transaction) EXECUTE FUNCTION ledger.guard_2();
CREATE TRIGGER ledger_2_opened AFTER INSERT ON user_balance FOR EACH ROW EXECUTE FUNCTION ledger.projection_opened('2');
CREATE TRIGGER ledger_2_renamed AFTER UPDATE OF username ON user_balance FOR EACH ROW WHEN (old.username::text IS DISTINCT FROM new.username::text) EXECUTE FUNCTION ledger.projection_moved('2');
CREATE TRIGGER ledger_3_deleted AFTER DELETE ON user_balance FOR EACH ROW EXECUTE FUNCTION ledger.projection_moved('3');
CREATE TRIGGER ledger_3_guard BEFORE UPDATE OF onapps_point ON user_balance FOR EACH ROW WHEN (old.onapps_point::text IS DISTINCT FROM new.onapps_point::text) EXECUTE FUNCTION ledger.guard_3();
CREATE TRIGGER ledger_3_opened AFTER INSERT ON user_balance FOR EACH ROW EXECUTE FUNCTION ledger.projection_opened('3');
CREATE TRIGGER ledger_3_renamed AFTER UPDATE OF username ON user_balance FOR EACH ROW WHEN (old.username::text IS DISTINCT FROM new.username::text) EXECUTE FUNCTION ledger.projection_moved('3');
CREATE TRIGGER touch BEFORE UPDATE ON user_balance FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table user_info (
  id integer default nextval('user_info_id_seq'::regclass) not null,
  username character varying(255) not null,
  email character varying(255) not null,
  first_name character varying(255) not null,
  last_name character varying(255) not null,
  profile_img character varying(255),
  gender character varying(50),
  date_of_birth date,
  phone_number character varying(50),
  agent character varying(50),
  agent_id character varying(50),
  referral_code character varying(50),
  referral_applied_status character varying(50),
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  email_verified_at timestamp with time zone,
  marketing_opt_in boolean default true not null,
  erased_at timestamp with time zone,
  constraint user_info_pkey PRIMARY KEY (username),
  constraint user_info_email_key UNIQUE (email),
  constraint user_info_referral_code_key UNIQUE (referral_code),
  constraint user_info_username_fkey FOREIGN KEY (username) REFERENCES user_login(username)
);
CREATE INDEX idx_user_info_email ON user_info USING btree (email);
CREATE INDEX idx_user_info_profile_img ON user_info USING btree (profile_img) WHERE (profile_img IS NOT NULL);
CREATE INDEX idx_user_info_referral_code ON user_info USING btree (referral_code);
CREATE UNIQUE INDEX uq_user_info_email_lower ON user_info USING btree (lower((email)::text));
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON user_info FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER email_changed AFTER UPDATE OF email ON user_info FOR EACH ROW WHEN (old.email::text IS DISTINCT FROM new.email::text) EXECUTE FUNCTION email_changed();
CREATE TRIGGER erased_stays BEFORE UPDATE ON user_info FOR EACH ROW WHEN (old.erased_at IS NOT NULL AND (old.erased_at IS DISTINCT FROM new.erased_at OR old.email::text IS DISTINCT FROM new.email::text OR old.email_verified_at IS DISTINCT FROM new.email_verified_at OR old.first_name::text IS DISTINCT FROM new.first_name::text OR old.last_name::text IS DISTINCT FROM new.last_name::text OR old.phone_number::text IS DISTINCT FROM new.phone_number::text OR old.date_of_birth IS DISTINCT FROM new.date_of_birth OR old.gender::text IS DISTINCT FROM new.gender::text OR old.profile_img::text IS DISTINCT FROM new.profile_img::text OR old.referral_code::text IS DISTINCT FROM new.referral_code::text)) EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER mirrored BEFORE UPDATE OF referral_applied_status ON user_info FOR EACH ROW WHEN (old.referral_applied_status::text IS DISTINCT FROM new.referral_applied_status::text) EXECUTE FUNCTION guard_referral_mirror();
CREATE TRIGGER touch BEFORE UPDATE ON user_info FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER zz_lifecycle_referral_applied_status BEFORE UPDATE ON user_info FOR EACH ROW WHEN (old.referral_applied_status::text IS DISTINCT FROM new.referral_applied_status::text AND (COALESCE(old.referral_applied_status::text, ''::text) <> ''::text OR COALESCE(new.referral_applied_status::text, ''::text) <> 'PENDING'::text) AND (COALESCE(old.referral_applied_status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.referral_applied_status::text, ''::text) <> 'COMPLETED'::text) AND (COALESCE(old.referral_applied_status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.referral_applied_status::text, ''::text) <> 'EXPIRED'::text)) EXECUTE FUNCTION niaga.refuse_transition('referral_applied_status', 'username');

create table user_login (
  username character varying(255) not null,
  pwd character varying(255) not null,
  disabled boolean default false not null,
  token character varying(255),
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  token_expires_at timestamp with time zone,
  otp_login boolean default false not null,
  constraint user_login_pkey PRIMARY KEY (username)
);
CREATE UNIQUE INDEX uq_user_login_username_lower ON user_login USING btree (lower((username)::text));
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON user_login FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER erased_stays BEFORE UPDATE ON user_login FOR EACH ROW WHEN (old.disabled AND NOT new.disabled OR old.pwd::text = 'erased'::text AND new.pwd::text <> 'erased'::text) EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER last_admin AFTER UPDATE OF disabled ON user_login FOR EACH ROW WHEN (new.disabled AND NOT old.disabled) EXECUTE FUNCTION guard_last_admin();
CREATE TRIGGER password_changed BEFORE UPDATE OF pwd ON user_login FOR EACH ROW WHEN (old.pwd::text IS DISTINCT FROM new.pwd::text) EXECUTE FUNCTION password_changed();
CREATE TRIGGER touch BEFORE UPDATE ON user_login FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table user_role (
  username character varying(255) not null,
  role character varying(32) not null,
  granted_by character varying(255),
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint user_role_pkey PRIMARY KEY (username, role),
  constraint user_role_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES user_login(username),
  constraint user_role_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint user_role_role_check CHECK (role::text = ANY (ARRAY['admin'::character varying, 'finance'::character varying, 'support'::character varying, 'marketing'::character varying]::text[]))
);
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON user_role FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER keep_admins BEFORE TRUNCATE ON user_role FOR EACH STATEMENT EXECUTE FUNCTION keep_admins();
CREATE TRIGGER last_admin AFTER DELETE OR UPDATE ON user_role FOR EACH ROW WHEN (old.role::text = 'admin'::text) EXECUTE FUNCTION guard_last_admin();

create table user_transaction (
  id bigint default nextval('user_transaction_id_seq'::regclass) not null,
  username character varying(255) not null,
  type character varying(255) not null,
  amount integer not null,
  xendit_invoice character varying(255),
  invoice character varying(255) not null,
  status character varying(255) not null,
  src character varying(255),
  xendit_url character varying(255),
  invoice_onmarket character varying(255),
  expired_at timestamp with time zone,
  freight_charge integer,
  insurance_amount integer,
  onbooking_code character varying(255),
  amount_2 character varying(255),
  commission_onmarket integer,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  payment_type_id integer,
  payee character varying(255),
  parent_id bigint,
  description character varying(255),
  platform character varying(16),
  gateway_error character varying(64),
  paid_at timestamp with time zone,
  hold_id uuid,
  transfer_id uuid,
  cancel_asked_at timestamp with time zone,
  constraint user_transaction_pkey PRIMARY KEY (id),
  constraint user_transaction_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES user_transaction(id),
  constraint user_transaction_payment_type_id_fkey FOREIGN KEY (payment_type_id) REFERENCES payment_types(id),
  constraint user_transaction_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint user_transaction_amount_check CHECK (amount >= 0),
  constraint user_transaction_commission_onmarket_check CHECK (commission_onmarket IS NULL OR commission_onmarket >= 0),
  constraint user_transaction_freight_charge_check CHECK (freight_charge IS NULL OR freight_charge >= 0),
  constraint user_transaction_insurance_amount_check CHECK (insurance_amount IS NULL OR insurance_amount >= 0),
  constraint user_transaction_status_check CHECK (status::text = ANY (ARRAY['PENDING'::character varying, 'PAID'::character varying, 'EXPIRED'::character varying, 'CANCELLED'::character varying, 'FAILED'::character varying]::text[]))
);
CREATE INDEX idx_transaction_user_created ON user_transaction USING btree (username, created_at DESC);
CREATE INDEX idx_transaction_user_status ON user_transaction USING btree (username, status);
CREATE INDEX idx_user_transaction_created_at ON user_transaction USING btree (created_at);
CREATE INDEX idx_user_transaction_ended ON user_transaction USING btree (updated_at) WHERE (((status)::text = ANY ((ARRAY['EXPIRED'::character varying, 'CANCELLED'::character varying, 'FAILED'::character varying])::text[])) AND ((src)::text = 'XENDIT'::text) AND (xendit_invoice IS NOT NULL));
CREATE INDEX idx_user_transaction_parent ON user_transaction USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX idx_user_transaction_payee ON user_transaction USING btree (payee, created_at DESC) WHERE (payee IS NOT NULL);
CREATE INDEX idx_user_transaction_pending_expiry ON user_transaction USING btree (expired_at) WHERE ((status)::text = 'PENDING'::text);
CREATE INDEX idx_user_transaction_status ON user_transaction USING btree (status);
CREATE INDEX idx_user_transaction_unbacked ON user_transaction USING btree (created_at DESC, id DESC) WHERE (((status)::text = 'PAID'::text) AND (transfer_id IS NULL));
CREATE INDEX idx_user_transaction_user_sums ON user_transaction USING btree (username, status, type) INCLUDE (amount);
CREATE INDEX idx_user_transaction_user_type ON user_transaction USING btree (username, type, created_at DESC, id DESC);
CREATE INDEX idx_user_transaction_username ON user_transaction USING btree (username);
CREATE UNIQUE INDEX uq_user_transaction_xendit_invoice ON user_transaction USING btree (xendit_invoice) WHERE (xendit_invoice IS NOT NULL);
CREATE INDEX user_transaction_invoice_idx ON user_transaction USING btree (invoice);
CREATE TRIGGER agreed_stays BEFORE UPDATE ON user_transaction FOR EACH ROW WHEN (old.id IS DISTINCT FROM new.id OR old.username::text IS DISTINCT FROM new.username::text OR old.type::text IS DISTINCT FROM new.type::text OR old.amount IS DISTINCT FROM new.amount OR old.invoice::text IS DISTINCT FROM new.invoice::text OR old.payee::text IS DISTINCT FROM new.payee::text OR old.parent_id IS DISTINCT FROM new.parent_id OR old.commission_onmarket IS DISTINCT FROM new.commission_onmarket OR old.hold_id IS DISTINCT FROM new.hold_id OR old.xendit_invoice::text <> new.xendit_invoice::text OR old.transfer_id IS DISTINCT FROM new.transfer_id AND old.status::text = 'PAID'::text) EXECUTE FUNCTION refuse_agreed_change();
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON user_transaction FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER late_money_is_a_topup BEFORE UPDATE OF status ON user_transaction FOR EACH ROW WHEN (old.type::text <> 'TOPUP'::text AND (old.status::text = ANY (ARRAY['EXPIRED'::character varying, 'CANCELLED'::character varying, 'FAILED'::character varying]::text[])) AND new.status::text = 'PAID'::text) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');
CREATE TRIGGER price_stays BEFORE UPDATE ON user_transaction FOR EACH ROW WHEN (old.type::text = 'PAYMENT'::text AND old.amount_2::text IS DISTINCT FROM new.amount_2::text) EXECUTE FUNCTION refuse_agreed_change();
CREATE TRIGGER tell AFTER UPDATE OF status ON user_transaction FOR EACH ROW WHEN (old.status::text <> new.status::text AND new.status::text = 'PAID'::text AND (new.type::text = ANY (ARRAY['TOPUP'::character varying, 'PAYMENT'::character varying]::text[]))) EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER tell_new AFTER INSERT ON user_transaction FOR EACH ROW WHEN (new.status::text = 'PAID'::text AND new.transfer_id IS NOT NULL AND new.amount > 0 AND (new.type::text = 'REFUND'::text AND new.src::text <> 'REVERSAL'::text OR new.src::text = 'XENDIT_LATE'::text)) EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER touch BEFORE UPDATE ON user_transaction FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON user_transaction FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'FAILED'::text OR COALESCE(new.status::text, ''::text) <> 'PAID'::text) AND (COALESCE(old.status::text, ''::text) <> 'EXPIRED'::text OR COALESCE(new.status::text, ''::text) <> 'PAID'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'PAID'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'EXPIRED'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text) AND (COALESCE(old.status::text, ''::text) <> 'PENDING'::text OR COALESCE(new.status::text, ''::text) <> 'FAILED'::text) AND (COALESCE(old.status::text, ''::text) <> 'CANCELLED'::text OR COALESCE(new.status::text, ''::text) <> 'PAID'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table voucher (
  code character varying(64) not null,
  kind character varying(16) not null,
  value integer not null,
  max_discount integer,
  min_amount integer default 0 not null,
  quota integer,
  redeemed_count integer default 0 not null,
  per_user_limit integer default 1 not null,
  payee character varying(255),
  is_onapps boolean default false not null,
  active boolean default true not null,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  created_by character varying(255),
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  constraint voucher_pkey PRIMARY KEY (code),
  constraint voucher_created_by_fkey FOREIGN KEY (created_by) REFERENCES user_login(username),
  constraint voucher_check CHECK (kind::text <> 'DISCOUNT_PERCENT'::text OR value <= 100),
  constraint voucher_check1 CHECK (starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at),
  constraint voucher_code_check CHECK (code::text = upper(code::text)),
  constraint voucher_kind_check CHECK (kind::text = ANY (ARRAY['BALANCE'::character varying, 'POINTS'::character varying, 'DISCOUNT_FIXED'::character varying, 'DISCOUNT_PERCENT'::character varying]::text[])),
  constraint voucher_max_discount_check CHECK (max_discount IS NULL OR max_discount > 0),
  constraint voucher_min_amount_check CHECK (min_amount >= 0),
  constraint voucher_per_user_limit_check CHECK (per_user_limit >= 1),
  constraint voucher_quota_check CHECK (quota IS NULL OR quota >= 0),
  constraint voucher_redeemed_count_check CHECK (redeemed_count >= 0),
  constraint voucher_value_check CHECK (value > 0),
  constraint voucher_within_quota CHECK (quota IS NULL OR redeemed_count <= quota)
);
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON voucher FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER touch BEFORE UPDATE ON voucher FOR EACH ROW EXECUTE FUNCTION niaga.touch();

create table voucher_redemption (
  id integer default nextval('voucher_redemption_id_seq'::regclass) not null,
  username character varying(255) not null,
  code character varying(255) not null,
  status character varying(255) not null,
  is_onapps boolean,
  created_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  updated_at timestamp with time zone default CURRENT_TIMESTAMP not null,
  transaction_id bigint,
  value integer,
  constraint voucher_redemption_pkey PRIMARY KEY (id),
  constraint voucher_redemption_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES user_transaction(id),
  constraint voucher_redemption_username_fkey FOREIGN KEY (username) REFERENCES user_login(username),
  constraint voucher_redemption_status_check CHECK (status::text = ANY (ARRAY['RESERVED'::character varying, 'REDEEMED'::character varying, 'CANCELLED'::character varying]::text[]))
);
CREATE UNIQUE INDEX uq_voucher_redemption_transaction ON voucher_redemption USING btree (transaction_id) WHERE ((transaction_id IS NOT NULL) AND ((status)::text <> 'CANCELLED'::text));
CREATE INDEX voucher_redemption_code_idx ON voucher_redemption USING btree (code);
CREATE INDEX voucher_redemption_username_idx ON voucher_redemption USING btree (username);
CREATE TRIGGER agreed_stays BEFORE UPDATE ON voucher_redemption FOR EACH ROW WHEN (old.id IS DISTINCT FROM new.id OR old.username::text IS DISTINCT FROM new.username::text OR old.code::text IS DISTINCT FROM new.code::text OR old.transaction_id IS DISTINCT FROM new.transaction_id OR old.value IS DISTINCT FROM new.value) EXECUTE FUNCTION refuse_agreed_change();
CREATE TRIGGER counted AFTER INSERT OR DELETE OR UPDATE OF status ON voucher_redemption FOR EACH ROW EXECUTE FUNCTION count_voucher_use();
CREATE TRIGGER freed_with_payment BEFORE UPDATE ON voucher_redemption FOR EACH ROW WHEN (old.status::text <> 'CANCELLED'::text AND new.status::text = 'CANCELLED'::text) EXECUTE FUNCTION guard_redemption();
CREATE TRIGGER touch BEFORE UPDATE ON voucher_redemption FOR EACH ROW EXECUTE FUNCTION niaga.touch();
CREATE TRIGGER used_stays BEFORE DELETE ON voucher_redemption FOR EACH ROW WHEN (old.status::text <> 'CANCELLED'::text) EXECUTE FUNCTION guard_redemption();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON voucher_redemption FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'RESERVED'::text OR COALESCE(new.status::text, ''::text) <> 'REDEEMED'::text) AND (COALESCE(old.status::text, ''::text) <> 'RESERVED'::text OR COALESCE(new.status::text, ''::text) <> 'CANCELLED'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table xendit_checkout_logs (
  _id character varying(24) not null,
  doc jsonb not null,
  created_at timestamp with time zone not null,
  constraint xendit_checkout_logs_pkey PRIMARY KEY (_id),
  constraint xendit_checkout_logs__id_check CHECK (_id::text ~ '^[0-9a-f]{24}$'::text),
  constraint xendit_checkout_logs_doc_check CHECK (jsonb_typeof(doc) = 'object'::text),
  constraint xendit_checkout_logs_doc_check1 CHECK (doc ? 'id'::text AND doc ? 'status'::text AND doc ? 'created_at'::text),
  constraint xendit_checkout_logs_doc_check2 CHECK ((doc ->> 'status'::text) = ANY (ARRAY['PENDING'::text, 'PAID'::text, 'EXPIRED'::text, 'FAILED'::text]))
);
CREATE INDEX xendit_checkout_logs_created_at ON xendit_checkout_logs USING btree (created_at DESC);
CREATE INDEX xendit_checkout_logs_id ON xendit_checkout_logs USING btree (((doc ->> 'id'::text)));
CREATE INDEX xendit_checkout_logs_status ON xendit_checkout_logs USING btree (((doc ->> 'status'::text)));
CREATE INDEX xendit_checkout_logs_status_created_at ON xendit_checkout_logs USING btree (((doc ->> 'status'::text)), created_at DESC);
CREATE TRIGGER moves_on BEFORE UPDATE ON xendit_checkout_logs FOR EACH ROW EXECUTE FUNCTION log_moves_on('{"PENDING": ["PAID", "EXPIRED", "FAILED"], "EXPIRED": ["PAID"], "FAILED": ["PAID"]}');

create table xendit_payout_logs (
  _id character varying(24) not null,
  doc jsonb not null,
  created_at timestamp with time zone not null,
  constraint xendit_payout_logs_pkey PRIMARY KEY (_id),
  constraint xendit_payout_logs__id_check CHECK (_id::text ~ '^[0-9a-f]{24}$'::text),
  constraint xendit_payout_logs_doc_check CHECK (jsonb_typeof(doc) = 'object'::text),
  constraint xendit_payout_logs_doc_check1 CHECK (doc ? 'id'::text AND doc ? 'status'::text AND doc ? 'created_at'::text),
  constraint xendit_payout_logs_doc_check2 CHECK ((doc ->> 'status'::text) = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text]))
);
CREATE INDEX xendit_payout_logs_created_at ON xendit_payout_logs USING btree (created_at DESC);
CREATE INDEX xendit_payout_logs_id ON xendit_payout_logs USING btree (((doc ->> 'id'::text)));
CREATE INDEX xendit_payout_logs_status ON xendit_payout_logs USING btree (((doc ->> 'status'::text)));
CREATE INDEX xendit_payout_logs_status_created_at ON xendit_payout_logs USING btree (((doc ->> 'status'::text)), created_at DESC);
CREATE TRIGGER moves_on BEFORE UPDATE ON xendit_payout_logs FOR EACH ROW EXECUTE FUNCTION log_moves_on('{"PENDING": ["PROCESSING", "COMPLETED", "FAILED", "CANCELLED"], "PROCESSING": ["COMPLETED", "FAILED", "CANCELLED"],
    "COMPLETED": ["FAILED"]}');
-- function adjust_points(p_username text, p_direction text, p_amount numeric, p_reason text) returns integer
-- function adjust_wallet(p_username text, p_direction text, p_amount integer, p_reason text) returns bigint
-- function adopt_invoice(p_id bigint, p_xendit_invoice text, p_url text) returns text
-- function adopt_points() returns void
-- function after_paid(p_id bigint) returns void
-- function api_key_id(p_key text) returns text
-- function apply_referral(p_username text, p_code text) returns integer
-- function audit_change() returns trigger
-- function audit_masked(p_row jsonb) returns jsonb
-- function book_gateway_fee(p_xendit_invoice text, p_fee bigint) returns void
-- function cancel_payout(p_id bigint) returns text
-- function capture_payment(p_id bigint) returns boolean
-- function check_payment_amounts(p_gross integer, p_freight integer, p_insurance integer, p_commission integer, p_hold_minutes integer) returns void
-- function check_payout_of_day(p_username text, p_amount integer) returns void
-- function check_range(p_amount integer, p_min text, p_max text) returns void
-- function check_wallet_limit(p_username text, p_amount integer) returns void
-- function check_wallet_shows(p_username text, p_amount bigint) returns void
-- function claim_payout(p_id bigint) returns integer
-- function close_transaction(p_id bigint, p_status text, p_error text) returns boolean
-- function complete_referral(p_username text, p_amount integer, p_transaction bigint) returns void
-- function count_voucher_use() returns trigger
-- function counter_month(p_month integer) returns integer
-- function create_api_key(p_holder text, p_key text, p_prefix text, p_scopes text[], p_expires_at timestamp with time zone, p_by text) returns text
-- function credit_late_money(p user_transaction, p_xendit_invoice text, p_paid bigint, p_currency text, p_fee bigint, p_paid_at timestamp with time zone) returns text
-- function deactivate(p_username text, p_reason text, p_acknowledged boolean) returns void
-- function demand_admin(p_by text) returns void
-- function demand_erasable(p_username text) returns void
-- function discount_stands(p user_transaction) returns boolean
-- function earn_points(p user_transaction) returns void
-- function email_changed() returns trigger
-- function end_payout(p payout, p_status text, p_failure_code text) returns void
-- function ensure_payee(p_holder text) returns void
-- function ensure_wallet(p_username text) returns void
-- function erase_user(p_username text, p_by text) returns void
-- function expire_referrals(p_limit integer) returns integer
-- function finish_payment(p user_transaction, p_paid_at timestamp with time zone) returns void
-- function forget_dealings(p_username text) returns void
-- function forget_messages(p_username text) returns void
-- function forget_person(p_username text) returns void
-- function free_reserved(p_transaction bigint) returns void
-- function grant_points(p_username text, p_type enum_point_mutation_type, p_amount numeric, p_reference text, p_src text, p_status enum_point_mutation_status, p_holder text) returns integer
-- function grant_reports() returns boolean
-- function grant_role(p_username text, p_role text, p_by text) returns void
-- function guard_counter() returns trigger
-- function guard_last_admin() returns trigger
-- function guard_redemption() returns trigger
-- function guard_referral_mirror() returns trigger
-- function hold_wallet(p_reference text, p_legs ledger.leg[], p_kind text) returns void
-- function issue_otp(p_username text, p_purpose text, p_otp text) returns integer
-- function keep_admins() returns trigger
-- function keep_an_admin() returns void
-- function lock_addresses(p_username text) returns void
-- function lock_balance(p_username text, p_payee text) returns void
-- function lock_payout(p_id bigint) returns payout
-- function lock_points(p_username text) returns void
-- function lock_transaction(p_id bigint) returns user_transaction
-- function lock_user(p_username text) returns void
-- function lock_voucher(p_username text, p_code text) returns voucher
-- function log_moves_on() returns trigger
-- function mail_receipt(p_id bigint) returns void
-- function make_primary(p_username text, p_address bigint) returns void
-- function mature_points(p_limit integer) returns integer
-- function mirror_referral() returns trigger
-- function move_payout(p_id bigint, p_gateway_status text, p_xendit_payout text, p_failure_code text) returns text
-- function new_referral_code(p_first_name text) returns text
-- function next_bank_account_id() returns integer
-- function next_document(p_type text) returns text
-- function next_number(p_type text, OUT number integer, OUT month integer) returns record
-- function open_payment(p_username text, p_payee text, p_method text, p_gross integer, p_freight integer, p_insurance integer, p_commission integer, p_invoice_onmarket text, p_onbooking_code text, p_description text, p_hold_minutes integer, p_platform text, p_automatic boolean, p_voucher text) returns bigint
-- function open_points() returns trigger
-- function open_topup(p_username text, p_amount integer, p_payment_type text, p_platform text) returns bigint
-- function password_changed() returns trigger
-- function pay_shares(p_id bigint, p_payee text, p_discount bigint, p_commission bigint) returns void
-- function pending_business(p_username text) returns text
-- function post_from_payee(p_reference text, p_legs ledger.leg[], p_kind text, p_metadata jsonb) returns void
-- function post_point_mutation() returns trigger
-- function prepare_point_mutation() returns trigger
-- function promised_discount(p user_transaction) returns bigint
-- function put_bank_channel(p_id integer, p_code text, p_type text, p_currency text, p_description text, p_alias text, p_active boolean, p_xendit_code text) returns void
-- function redeem_points(p_username text, p_points integer, OUT mutation integer, OUT transaction bigint) returns record
-- function redeem_reserved(p_transaction bigint) returns bigint
-- function redeem_voucher(p_username text, p_code text) returns integer
-- function refund_payment(p_id bigint, p_amount integer, p_reason text) returns bigint
-- function refuse(p_code text, p_details jsonb) returns void
-- function refuse_agreed_change() returns trigger
-- function refuse_erased() returns trigger
-- function refuse_taken_payment_type() returns trigger
-- function remove_address(p_username text, p_address bigint) returns void
-- function request_payout(p_username text, p_bank_account integer, p_amount integer, p_platform text) returns bigint
-- function reserve_voucher(p_code text, p_transaction bigint, p_value integer) returns void
-- function reverse_payout(p payout, p_failure_code text) returns void
-- function revoke_api_key(p_id text, p_by text) returns void
-- function revoke_role(p_username text, p_role text, p_by text) returns void
-- function setting(p_key text) returns jsonb
-- function setting_number(p_key text) returns integer
-- function settle_invoice(p_id bigint, p_xendit_invoice text, p_paid bigint, p_currency text, p_fee bigint, p_paid_at timestamp with time zone) returns text
-- function skip_repeated_bank_channel() returns trigger
-- function skip_repeated_payment_type() returns trigger
-- function take_back_points(p user_transaction, p_left bigint, p_refund bigint, p_refund_invoice text) returns void
-- function tell_of_change() returns trigger
-- function try_otp(p_username text, p_purpose text, OUT outcome text, OUT id integer, OUT otp text) returns record
-- function voucher_discount(p_username text, p_code text, p_payee text, p_gross integer) returns integer
