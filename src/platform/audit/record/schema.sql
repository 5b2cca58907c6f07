-- The schema public of db_audits. Generated from its catalog by `npm run generate`: never edit.

create table audit_logs (
  id bigint default nextval('audit_logs_id_seq'::regclass) not null,
  timestamp timestamp with time zone default now() not null,
  actor_id bigint,
  actor_type character varying(20) not null,
  entity_type character varying(50) not null,
  entity_id character varying(50) not null,
  action character varying(50) not null,
  before_state jsonb,
  after_state jsonb,
  context jsonb,
  ip_address inet,
  event_id uuid default gen_random_uuid() not null,
  subject_id bigint,
  payload_salt text,
  payload_hash text not null,
  prev_hash text not null,
  row_hash text not null,
  anonymized_at timestamp with time zone,
  constraint audit_logs_pkey PRIMARY KEY (id),
  constraint audit_logs_event_id_key UNIQUE (event_id),
  constraint audit_logs_prev_hash_key UNIQUE (prev_hash),
  constraint audit_logs_row_hash_key UNIQUE (row_hash),
  constraint audit_logs_actor_type_check CHECK (actor_type::text = ANY (ARRAY['user'::character varying, 'admin'::character varying, 'system'::character varying]::text[])),
  constraint audit_logs_check CHECK ((payload_salt IS NULL) = (anonymized_at IS NOT NULL))
);
CREATE INDEX idx_audit_logs_action ON audit_logs USING btree (action);
CREATE INDEX idx_audit_logs_actor ON audit_logs USING btree (actor_id);
CREATE INDEX idx_audit_logs_entity ON audit_logs USING btree (entity_type, entity_id);
CREATE INDEX idx_audit_logs_subject ON audit_logs USING btree (subject_id) WHERE (subject_id IS NOT NULL);
CREATE INDEX idx_audit_logs_timestamp ON audit_logs USING btree ("timestamp");
CREATE TRIGGER chain BEFORE INSERT ON audit_logs FOR EACH ROW EXECUTE FUNCTION chain_audit_log();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON audit_logs FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();
CREATE TRIGGER keep_unchanged BEFORE UPDATE ON audit_logs FOR EACH ROW EXECUTE FUNCTION keep_audit_log();
-- function audit_anonymization_listed(p_id bigint, p_payload_sha256 text) returns boolean
-- function audit_anonymize(p_subject bigint, p_pseudonym bigint) returns jsonb
-- function audit_payload_hash(p_salt text, p_actor_id bigint, p_entity_id text, p_subject_id bigint, p_before jsonb, p_after jsonb, p_context jsonb, p_ip inet) returns text
-- function audit_row_hash(p_prev_hash text, p_id bigint, p_timestamp timestamp with time zone, p_actor_type text, p_entity_type text, p_action text, p_event_id uuid, p_payload_hash text) returns text
-- function audit_scrub(p_entity_type text, p_state jsonb, p_subject bigint, p_pseudonym bigint) returns jsonb
-- function audit_verify(p_anchors jsonb) returns jsonb
-- function chain_audit_log() returns trigger
-- function keep_audit_log() returns trigger
