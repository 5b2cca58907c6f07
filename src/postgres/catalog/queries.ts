/**
 * What a database is made of, kind by kind. Each row has a name (and a schema, and a table, where the kind has one);
 * every other column is a fact that two databases can differ in.
 */
import { type Sql, sql } from '../sql.ts'

const OURS = sql.raw(`(n.nspname !~ '^pg_' and n.nspname <> 'information_schema')`)

/** Owners are called differently everywhere; what counts is whether it is the one that migrates. */
const owner = (column: string) =>
  sql.raw(`case when ${column} = coalesce(
      (select nspowner from pg_namespace where nspname = 'migrations'), current_user::regrole::oid)
    then 'the owner' else pg_get_userbyid(${column}) end`)

/** "niaga_app: INSERT, SELECT", without what the owner may anyway. */
const grants = (kind: string, acl: string, ownerColumn: string) =>
  sql.raw(`(select string_agg(g.who || ': ' || g.what, '; ' order by g.who) from (
      select case a.grantee when 0 then 'everybody' else pg_get_userbyid(a.grantee) end as who,
        string_agg(a.privilege_type || case when a.is_grantable then ' with grant option' else '' end, ', '
          order by a.privilege_type) as what
      from aclexplode(coalesce(${acl}, acldefault('${kind}', ${ownerColumn}))) a
      where a.grantee <> ${ownerColumn} group by 1) g)`)

const notOfExtension = (catalog: string, oid: string) =>
  sql.raw(`not exists (select from pg_depend e
    where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`)

const schemas = sql`
  select n.nspname as name, ${owner('n.nspowner')} as owner, ${grants('n', 'n.nspacl', 'n.nspowner')} as grants,
    obj_description(n.oid, 'pg_namespace') as comment
  from pg_namespace n where ${OURS} order by 1`

const extensions = sql`
  select x.extname as name, x.extversion as version, n.nspname as "in schema"
  from pg_extension x join pg_namespace n on n.oid = x.extnamespace where x.extname <> 'plpgsql' order by 1`

const tables = sql`
  select n.nspname as schema, c.relname as name,
    case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
      when 'm' then 'materialized view' else 'foreign table' end as what,
    case c.relpersistence when 'u' then 'unlogged' else 'logged' end as persistence,
    c.relrowsecurity as "row security", c.relforcerowsecurity as "row security for the owner",
    c.relreplident as "replica identity", array_to_string(c.reloptions, ', ') as options,
    pg_get_partkeydef(c.oid) as "partitioned by", pg_get_expr(c.relpartbound, c.oid) as "partition of",
    (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_inherits i
      where i.inhrelid = c.oid) as parents,
    case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
    ${owner('c.relowner')} as owner, ${grants('r', 'c.relacl', 'c.relowner')} as grants,
    obj_description(c.oid, 'pg_class') as comment
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${notOfExtension('pg_class', 'c.oid')}
  order by 1, 2`

const columns = sql`
  select n.nspname as schema, c.relname as "table", a.attname as name,
    row_number() over (partition by c.oid order by a.attnum)::int4 as position,
    format_type(a.atttypid, a.atttypmod) as type, t.typname as "typeName", a.attnotnull as "notNull",
    pg_get_expr(d.adbin, d.adrelid) as "default", a.attidentity as identity, a.attgenerated as generated,
    (select l.collname from pg_collation l where l.oid = a.attcollation and l.oid <> t.typcollation) as collation,
    ${grants('c', 'a.attacl', 'c.relowner')} as grants, col_description(c.oid, a.attnum) as comment
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and ${notOfExtension('pg_class', 'c.oid')}
  order by 1, 2, a.attnum`

const constraints = sql`
  select n.nspname as schema, coalesce(c.relname, t.typname) as "table", k.conname as name, k.contype as kind,
    pg_get_constraintdef(k.oid, true) as definition, k.convalidated as validated,
    obj_description(k.oid, 'pg_constraint') as comment
  from pg_constraint k join pg_namespace n on n.oid = k.connamespace
    left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid
  where ${OURS} and k.contype in ('p', 'u', 'f', 'c', 'x')
  order by 1, 2, position(k.contype::text in 'pufcx'), 3`

const indexes = sql`
  select n.nspname as schema, t.relname as "table", i.relname as name, pg_get_indexdef(x.indexrelid) as definition,
    x.indisvalid as valid, x.indisclustered as clustered, x.indisreplident as "replica identity",
    exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
      as "of a constraint", obj_description(i.oid, 'pg_class') as comment
  from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
    join pg_namespace n on n.oid = t.relnamespace
  where ${OURS} and ${notOfExtension('pg_class', 't.oid')} order by 1, 2, 3`

const triggers = sql`
  select n.nspname as schema, c.relname as "table", t.tgname as name, pg_get_triggerdef(t.oid, true) as definition,
    case t.tgenabled when 'O' then 'yes' when 'D' then 'no' when 'A' then 'always' else 'on replicas' end as enabled,
    obj_description(t.oid, 'pg_trigger') as comment
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and not t.tgisinternal order by 1, 2, 3`

const functions = sql`
  select n.nspname as schema, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
    case p.prokind when 'f' then 'function' when 'p' then 'procedure' when 'a' then 'aggregate' else 'window function'
      end as what,
    pg_get_function_result(p.oid) as returns,
    case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as definition,
    ${owner('p.proowner')} as owner, ${grants('f', 'p.proacl', 'p.proowner')} as grants,
    obj_description(p.oid, 'pg_proc') as comment
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where ${OURS} and ${notOfExtension('pg_proc', 'p.oid')} order by 1, p.proname, 2`

const sequences = sql`
  select n.nspname as schema, c.relname as name, format_type(s.seqtypid, null) as type, s.seqstart::text as start,
    s.seqmin::text as min, s.seqmax::text as max, s.seqincrement::text as increment, s.seqcycle as cycle,
    s.seqcache::text as cache,
    (select d.refobjid::regclass || '.' || a.attname from pg_depend d
      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
        and d.refclassid = 'pg_class'::regclass) as "owned by",
    ${owner('c.relowner')} as owner, ${grants('s', 'c.relacl', 'c.relowner')} as grants,
    obj_description(c.oid, 'pg_class') as comment
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and ${notOfExtension('pg_class', 'c.oid')} order by 1, 2`

const types = sql`
  select n.nspname as schema, t.typname as name,
    case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'r' then 'range' else 'composite' end as what,
    (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e
      where e.enumtypid = t.oid) as words,
    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base,
    t.typnotnull as "notNull", t.typdefault as "default", ${owner('t.typowner')} as owner,
    ${grants('T', 't.typacl', 't.typowner')} as grants, obj_description(t.oid, 'pg_type') as comment
  from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
  where ${OURS} and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
    and ${notOfExtension('pg_type', 't.oid')} order by 1, 2`

const policies = sql`
  select schemaname as schema, tablename as "table", policyname as name, permissive, array_to_string(roles, ', ') as roles,
    cmd as command, qual as "using", with_check as "check" from pg_policies order by 1, 2, 3`

const rules = sql`
  select n.schemaname as schema, n.tablename as "table", n.rulename as name, n.definition from pg_rules n
  where n.schemaname !~ '^pg_' and n.schemaname <> 'information_schema' order by 1, 2, 3`

const statistics = sql`
  select n.nspname as schema, s.stxname as name, pg_get_statisticsobjdef(s.oid) as definition
  from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where ${OURS} order by 1, 2`

const eventTriggers = sql`
  select t.evtname as name, t.evtevent as event, t.evtfoid::regproc::text as function, t.evtenabled as enabled,
    array_to_string(t.evttags, ', ') as tags from pg_event_trigger t order by 1`

const defaultGrants = sql`
  select coalesce(n.nspname, 'every schema') || ' ' || case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences'
      when 'f' then 'functions' when 'T' then 'types' else 'schemas' end as name,
    ${owner('d.defaclrole')} as "made by", ${grants('r', 'd.defaclacl', 'd.defaclrole')} as grants
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace order by 1`

const settings = sql`
  select split_part(setting, '=', 1) as name, substr(setting, strpos(setting, '=') + 1) as value
  from pg_db_role_setting s, unnest(s.setconfig) setting
  where s.setdatabase = (select oid from pg_database where datname = current_database()) and s.setrole = 0 order by 1`

/** In an order in which parents come before what is part of them. */
export const KINDS = {
  'database setting': settings,
  extension: extensions,
  schema: schemas,
  type: types,
  table: tables,
  sequence: sequences,
  column: columns,
  constraint: constraints,
  index: indexes,
  statistics,
  policy: policies,
  rule: rules,
  function: functions,
  trigger: triggers,
  'event trigger': eventTriggers,
  'default grant': defaultGrants,
} as const satisfies Readonly<Record<string, Sql>>

export type Kind = keyof typeof KINDS
