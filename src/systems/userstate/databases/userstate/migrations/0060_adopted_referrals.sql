-- A profile says of a referral what its history says, also where an older program left nothing there or words of its own:
-- else the referral could never be completed, and with it no payment of theirs be booked.
-- niaga:require functions/mirror_referral.sql
-- niaga:accept rows-in-migration because only a database that was adopted has such rows
-- niaga:accept no-down because the history knows nothing of what profiles said instead

-- migrate:up
-- They let a profile say nothing else; what it says so far may be none of the states they know.
ALTER TABLE user_info DISABLE TRIGGER zz_lifecycle_referral_applied_status, DISABLE TRIGGER mirrored;
update user_info u set referral_applied_status = (
  select r.status from referral_history r where r.username = u.username)
where u.referral_applied_status is distinct from (
  select r.status from referral_history r where r.username = u.username);
ALTER TABLE user_info ENABLE TRIGGER zz_lifecycle_referral_applied_status, ENABLE TRIGGER mirrored;

-- migrate:down
