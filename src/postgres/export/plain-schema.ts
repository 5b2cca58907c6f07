/**
 * A catalog as the SQL that makes it again, in two parts: what rows need to be loaded into, and what is built over them.
 * Functions come after the tables, since they may take a row of one; defaults come after the functions they call.
 */
import pg from 'pg'
import { type Catalog, type CatalogObject, labelOf } from '../catalog/catalog.ts'
import type { Kind } from '../catalog/queries.ts'

export interface PlainSchema {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

const id = (name: string) => pg.escapeIdentifier(name)
const qualified = ({ schema, name }: CatalogObject) => `${id(schema ?? '')}.${id(name)}`
const tableOf = ({ schema, table }: CatalogObject) => `${id(schema ?? '')}.${id(table ?? '')}`
const text = (object: CatalogObject, fact: string) => String(object.facts[fact] ?? '')

/** What is not written here, and does not exist in a database of ours. */
const UNWRITTEN: readonly Kind[] = ['rule', 'event trigger']

/** @throws TypeError naming what it cannot write */
export function plainSchema(catalog: Catalog): PlainSchema {
  const of = (kind: Kind) => catalog.filter((object) => object.kind === kind)
  const unwritten = UNWRITTEN.flatMap(of)[0]
  if (unwritten) throw new TypeError(`${labelOf(unwritten)} is nothing that a plain dump holds`)
  const columns = Map.groupBy(of('column'), tableOf)
  const columnsOf = (object: CatalogObject) => columns.get(qualified(object)) ?? []
  const tables = of('table').filter(
    ({ facts }) => facts.what === 'table' || facts.what === 'partitioned table',
  )
  const views = of('table').filter(({ facts }) => facts.what === 'view')
  const tableNames = new Set(tables.map(qualified))
  const sequences = of('sequence')
  const byOwner = new Map(sequences.map((sequence) => [text(sequence, 'owned by'), sequence]))
  const identityOf = (column: CatalogObject) =>
    byOwner.get(`${column.schema === 'public' ? '' : `${column.schema}.`}${column.table}.${column.name}`)
  const ofIdentity = new Set(
    of('column')
      .filter(({ facts }) => facts.identity)
      .map(identityOf),
  )
  const [keys, others] = split(of('constraint'), ({ facts }) => 'pu'.includes(String(facts.kind)))
  const [checks, foreign] = split(others, ({ facts }) => facts.kind !== 'f')
  return {
    before: [
      ...of('database setting').map(setting),
      ...of('schema').map(({ name }) => `create schema if not exists ${id(name)}`),
      ...of('extension').map(
        (x) => `create extension if not exists ${id(x.name)} schema ${id(text(x, 'in schema'))}`,
      ),
      ...of('type').map((type) => createType(type, columnsOf(type))),
      ...sequences
        .filter((one) => !ofIdentity.has(one))
        .map((s) => `create sequence ${qualified(s)}${terms(s)}`),
      ...tables.map((table) => createTable(table, columnsOf(table), identityOf)),
      ...of('function').map((one) => text(one, 'definition').trimEnd()),
      ...views.map(
        (view) => `create view ${qualified(view)} as ${text(view, 'definition').replace(/;\s*$/, '')}`,
      ),
      ...of('column')
        .filter((column) => tableNames.has(tableOf(column)) && column.facts.default !== null)
        .filter(({ facts }) => !facts.generated)
        .map(
          (column) =>
            `alter table ${tableOf(column)} alter column ${id(column.name)} set default ${column.facts.default}`,
        ),
      ...sequences
        .filter((one) => one.facts['owned by'] !== null && !ofIdentity.has(one))
        .map((one) => `alter sequence ${qualified(one)} owned by ${text(one, 'owned by')}`),
    ],
    after: [
      ...[...keys, ...checks, ...foreign].map(addConstraint),
      ...of('index')
        .filter(({ facts }) => !facts['of a constraint'])
        .map((index) => text(index, 'definition')),
      ...of('statistics').map((one) => text(one, 'definition')),
      ...of('trigger').flatMap(createTrigger),
      ...of('policy').map(createPolicy),
      ...tables.flatMap(tableModes),
      ...catalog.flatMap(comment),
      ...catalog.flatMap(grants),
      ...of('default grant').flatMap(defaultGrants),
    ],
  }
}

function split<T>(all: readonly T[], first: (one: T) => boolean): [T[], T[]] {
  return [all.filter(first), all.filter((one) => !first(one))]
}

function setting({ name, facts }: CatalogObject): string {
  // A list of names is one only without quotes around the whole.
  const value = name === 'search_path' ? String(facts.value) : pg.escapeLiteral(String(facts.value))
  return `do $$ begin execute format('alter database %I set ${name} = ${value.replaceAll("'", "''")}', current_database()); end $$`
}

function createType(type: CatalogObject, columns: readonly CatalogObject[]): string {
  const name = qualified(type)
  switch (type.facts.what) {
    case 'enum':
      return `create type ${name} as enum (${text(type, 'words')})`
    case 'composite':
      return `create type ${name} as (${columns.map((c) => `${id(c.name)} ${text(c, 'type')}`).join(', ')})`
    case 'domain': {
      const fallback = type.facts.default === null ? '' : ` default ${type.facts.default}`
      return `create domain ${name} as ${text(type, 'base')}${fallback}${type.facts.notNull ? ' not null' : ''}`
    }
    default:
      throw new TypeError(`${labelOf(type)} is nothing that a plain dump holds`)
  }
}

function terms({ facts }: CatalogObject): string {
  const { type, start, min, max, increment, cache, cycle } = facts
  return ` as ${type} start ${start} minvalue ${min} maxvalue ${max} increment ${increment} cache ${cache}${cycle ? ' cycle' : ''}`
}

function createTable(
  table: CatalogObject,
  columns: readonly CatalogObject[],
  identityOf: (column: CatalogObject) => CatalogObject | undefined,
): string {
  const { facts } = table
  if (facts['partition of'] !== null) {
    return `create table ${qualified(table)} partition of ${facts.parents} ${facts['partition of']}`
  }
  const lines = columns.map((column) => {
    const sequence = column.facts.identity ? identityOf(column) : undefined
    return [
      `  ${id(column.name)} ${text(column, 'type')}`,
      column.facts.collation === null ? '' : `collate ${id(text(column, 'collation'))}`,
      column.facts.generated ? `generated always as (${column.facts.default}) stored` : '',
      sequence
        ? `generated ${column.facts.identity === 'a' ? 'always' : 'by default'} as identity (sequence name ${qualified(sequence)}${terms(sequence).replace(/^ as \w+/, '')})`
        : '',
      column.facts.notNull ? 'not null' : '',
    ]
      .filter((part) => part !== '')
      .join(' ')
  })
  return [
    `create ${facts.persistence === 'unlogged' ? 'unlogged ' : ''}table ${qualified(table)} (\n${lines.join(',\n')}\n)`,
    facts['partitioned by'] === null ? '' : ` partition by ${facts['partitioned by']}`,
    facts.options ? ` with (${facts.options})` : '',
  ].join('')
}

function addConstraint(constraint: CatalogObject): string {
  return `alter table ${tableOf(constraint)} add constraint ${id(constraint.name)} ${text(constraint, 'definition')}`
}

const ENABLED: Readonly<Record<string, string>> = {
  no: 'disable',
  always: 'enable always',
  'on replicas': 'enable replica',
}

function createTrigger(trigger: CatalogObject): string[] {
  const mode = ENABLED[text(trigger, 'enabled')]
  return [
    text(trigger, 'definition'),
    ...(mode === undefined ? [] : [`alter table ${tableOf(trigger)} ${mode} trigger ${id(trigger.name)}`]),
  ]
}

function createPolicy(policy: CatalogObject): string {
  const { permissive, roles, command, using, check } = policy.facts
  return [
    `create policy ${id(policy.name)} on ${tableOf(policy)} as ${permissive} for ${command} to ${roles}`,
    using === null ? '' : ` using (${using})`,
    check === null ? '' : ` with check (${check})`,
  ].join('')
}

function tableModes(table: CatalogObject): string[] {
  const { facts } = table
  return [
    ...(facts['row security'] ? [`alter table ${qualified(table)} enable row level security`] : []),
    ...(facts['row security for the owner']
      ? [`alter table ${qualified(table)} force row level security`]
      : []),
  ]
}

/** What `comment on` and `grant on` call it; undefined for what has neither. */
function called(object: CatalogObject): string | undefined {
  switch (object.kind) {
    case 'schema':
      return `schema ${id(object.name)}`
    case 'table':
      return `${object.facts.what === 'view' ? 'view' : 'table'} ${qualified(object)}`
    case 'sequence':
      return `sequence ${qualified(object)}`
    case 'type':
      return `${object.facts.what === 'domain' ? 'domain' : 'type'} ${qualified(object)}`
    case 'function':
      // The name carries its arguments.
      return `${object.facts.what === 'procedure' ? 'procedure' : 'function'} ${id(object.schema ?? '')}.${object.name}`
    case 'column':
      return `column ${tableOf(object)}.${id(object.name)}`
    case 'index':
      return `index ${qualified(object)}`
    case 'constraint':
    case 'trigger':
      return `${object.kind} ${id(object.name)} on ${tableOf(object)}`
    default:
      return undefined
  }
}

function comment(object: CatalogObject): string[] {
  const name = called(object)
  if (name === undefined || !object.facts.comment) return []
  return [`comment on ${name} is ${pg.escapeLiteral(String(object.facts.comment))}`]
}

/** Whom the rights are given to, beside the owner and everybody. */
export function rolesNamed(catalog: Catalog): string[] {
  return [...new Set(catalog.flatMap(parsed).map(({ role }) => role))]
    .filter((role) => role !== EVERYBODY)
    .toSorted()
}

/** What everybody may by default is taken first: the catalog says all that is given. */
function grants(object: CatalogObject): string[] {
  const name = called(object)
  if (name === undefined || object.facts.grants === undefined) return []
  const { kind } = object
  const on = kind === 'column' ? `table ${tableOf(object)}` : name.replace(/^view /, 'table ')
  const given = parsed(object).map(({ who, what }) => {
    const rights =
      kind === 'column' ? what.replaceAll(/[^,]+/g, (right) => `${right} (${id(object.name)})`) : what
    return `grant ${rights} on ${on} to ${who}`
  })
  return [...(kind === 'function' || kind === 'type' ? [`revoke all on ${on} from public`] : []), ...given]
}

/** What objects are given that are made later. */
function defaultGrants(object: CatalogObject): string[] {
  const [, schema = '', what = ''] = /^(.*) (\w+)$/.exec(object.name) ?? []
  const everywhere = schema === 'every schema'
  const alter = `alter default privileges${everywhere ? '' : ` in schema ${id(schema)}`}`
  return [
    ...(everywhere ? [`${alter} revoke all on ${what} from public`] : []),
    ...parsed(object).map(({ who, what: rights }) => `${alter} grant ${rights} on ${what} to ${who}`),
  ]
}

const EVERYBODY = 'everybody'

interface Grant {
  readonly role: string
  /** The role as SQL names it. */
  readonly who: string
  readonly what: string
}

/** "niaga_app: INSERT, SELECT; everybody: USAGE" */
function parsed({ facts }: CatalogObject): Grant[] {
  return String(facts.grants ?? '')
    .split('; ')
    .filter((one) => one !== '')
    .map((one) => {
      const [role = '', what = ''] = one.split(': ')
      return { role, who: role === EVERYBODY ? 'public' : id(role), what }
    })
}
