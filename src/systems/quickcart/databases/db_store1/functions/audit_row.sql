-- A row as the audit may keep it for ever: goods by the digest of their content, no payable QR, no exported file,
-- and no chat (a private chat's id is the person's).
create or replace function public.audit_row(p_table text, p_row jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  return case p_table
    when 'product_stocks' then p_row - 'content' || jsonb_build_object('content_sha256',
      encode(sha256(convert_to(p_row ->> 'content', 'UTF8')), 'hex'))
    when 'payments' then p_row || '{"qr_string": null, "chat_id": null}'
    when 'privacy_requests' then p_row || '{"export_file": null}'
    else p_row
  end;
end
$$;

-- The primary key of an audited row as text.
create or replace function public.audit_entity_id(p_row jsonb) returns text
language plpgsql immutable set search_path = '' as $$
begin
  return coalesce(p_row ->> 'id', p_row ->> 'key', p_row ->> 'chat_id');
end
$$;
