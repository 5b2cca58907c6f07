-- Trigger function for orders that are inserted already decided (history import): remembers them until the
-- transaction ends, so that their items may follow them in (guard_order_item).
create or replace function public.note_imported_order() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform set_config('quickcart.imported_orders',
    concat_ws(',', nullif(current_setting('quickcart.imported_orders', true), ''), new.id), true);
  return null;
end
$$;
