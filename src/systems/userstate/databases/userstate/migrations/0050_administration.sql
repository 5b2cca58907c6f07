-- What people may choose from is changed by admins, on record; what is paid without a transfer is found.
-- niaga:require functions/audit_change.sql
-- niaga:require functions/refuse_taken_payment_type.sql
-- niaga:accept index-blocks-writes because no wallet is older than this file: the table is empty or small

-- migrate:up
grant insert, update (name, status, xendit_methods) on payment_types to niaga_app;
grant insert, update (code, type, currency, description, alias, active, xendit_code) on bank_channel to niaga_app;

CREATE TRIGGER name_stays_unique BEFORE UPDATE OF name ON payment_types
FOR EACH ROW WHEN (old.name <> new.name) EXECUTE FUNCTION refuse_taken_payment_type();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON payment_types
FOR EACH ROW EXECUTE FUNCTION audit_change();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON bank_channel
FOR EACH ROW EXECUTE FUNCTION audit_change();

CREATE INDEX idx_user_transaction_unbacked ON user_transaction (created_at DESC, id DESC)
WHERE status = 'PAID' AND transfer_id IS NULL;

-- migrate:down
DROP INDEX idx_user_transaction_unbacked;
DROP TRIGGER audit ON bank_channel;
DROP TRIGGER audit ON payment_types;
DROP TRIGGER name_stays_unique ON payment_types;
DROP FUNCTION refuse_taken_payment_type();
revoke insert, update (code, type, currency, description, alias, active, xendit_code) on bank_channel from niaga_app;
revoke insert, update (name, status, xendit_methods) on payment_types from niaga_app;
