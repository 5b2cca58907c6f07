-- People are erased by one function, and stay erased.
-- niaga:require functions/erase_user.sql

-- migrate:up
revoke execute on function erase_user(text, text) from public;
grant execute on function erase_user(text, text) to niaga_app;
CREATE TRIGGER erased_stays BEFORE UPDATE ON user_login
FOR EACH ROW WHEN (old.disabled AND NOT new.disabled OR old.pwd = 'erased' AND new.pwd <> 'erased')
EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER erased_stays BEFORE UPDATE ON user_info
FOR EACH ROW WHEN (old.erased_at IS NOT NULL AND (old.erased_at, old.email, old.email_verified_at, old.first_name,
    old.last_name, old.phone_number, old.date_of_birth, old.gender, old.profile_img, old.referral_code)
  IS DISTINCT FROM (new.erased_at, new.email, new.email_verified_at, new.first_name, new.last_name, new.phone_number,
    new.date_of_birth, new.gender, new.profile_img, new.referral_code))
EXECUTE FUNCTION refuse_erased();

-- migrate:down
DROP TRIGGER erased_stays ON user_info;
DROP TRIGGER erased_stays ON user_login;
DROP FUNCTION refuse_erased();
DROP FUNCTION erase_user(text, text);
