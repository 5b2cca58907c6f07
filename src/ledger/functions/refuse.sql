-- Raises the ledger's error of that code; errors.ts carries the same list. p_details go to the caller as JSON.
create or replace function ledger.refuse(p_code text, p_message text, p_details jsonb default '{}') returns void
language plpgsql set search_path = '' as $$
declare
  v_codes constant text[] := array[
    'ledger_account_unknown', 'ledger_insufficient_funds', 'ledger_reference_reused', 'ledger_unit_mismatch',
    'ledger_amount_invalid', 'ledger_same_account', 'ledger_append_only', 'ledger_projection_readonly',
    'ledger_opening_negative', 'ledger_hold_unknown', 'ledger_hold_closed', 'ledger_hold_expired',
    'ledger_capture_exceeds_hold', 'ledger_account_name_invalid', 'ledger_account_conflict',
    'ledger_floor_not_met', 'ledger_journal_invalid', 'ledger_linked_refused', 'ledger_unit_unknown',
    'ledger_reference_invalid', 'ledger_projection_invalid', 'ledger_projection_in_use'];
begin
  raise exception using
    message = p_message,
    errcode = 'NGL' || lpad(array_position(v_codes, p_code)::text, 2, '0'),
    constraint = p_code,
    detail = p_details::text;
end
$$;
