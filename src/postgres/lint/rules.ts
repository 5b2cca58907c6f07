/** What would stop or break a database that is in use. Tables made in the same file are nobody's yet. */
import type { AlterTableCmd, ColumnDef, Constraint, Node, RangeVar } from 'libpg-query'

export interface Problem {
  readonly rule: string
  readonly text: string
}

/** What a statement is looked at with. */
export interface Setting {
  /** False for "migrate:up transaction:false". */
  readonly transaction: boolean
  /** Made earlier in the same file. */
  readonly isNew: (table: string) => boolean
  /** Constraints added NOT VALID earlier in the same file: validated there, the lock of the first still stands. */
  readonly added: ReadonlySet<string>
}

export function nameOf(relation: RangeVar | undefined): string {
  return relation?.schemaname ? `${relation.schemaname}.${relation.relname}` : (relation?.relname ?? '')
}

export function problemsOf(node: Node, setting: Setting): Problem[] {
  if ('IndexStmt' in node) {
    const { relation, concurrent } = node.IndexStmt
    if (concurrent) return outsideTransaction('create index concurrently', setting)
    return ofOld(
      relation,
      setting,
      'index-blocks-writes',
      (table) =>
        `an index on ${table} blocks its writers until it is built: CREATE INDEX CONCURRENTLY, in a file of its own`,
    )
  }
  if ('AlterTableStmt' in node) {
    const { relation, cmds = [] } = node.AlterTableStmt
    if (setting.isNew(nameOf(relation))) return []
    return cmds.flatMap((cmd) =>
      'AlterTableCmd' in cmd ? ofCommand(cmd.AlterTableCmd, nameOf(relation), setting) : [],
    )
  }
  if ('DropStmt' in node)
    return ofDrop(node.DropStmt.removeType ?? '', node.DropStmt.concurrent ?? false, setting)
  if ('RenameStmt' in node) {
    const { relation, renameType = '' } = node.RenameStmt
    if (
      !['OBJECT_TABLE', 'OBJECT_COLUMN', 'OBJECT_VIEW', 'OBJECT_TYPE', 'OBJECT_FUNCTION'].includes(renameType)
    )
      return []
    return ofOld(
      relation,
      setting,
      'rename',
      (table) => `a new name for ${table}, or of it, breaks the code that runs now`,
    )
  }
  if ('UpdateStmt' in node) return ofOld(node.UpdateStmt.relation, setting, 'rows-in-migration', changesRows)
  if ('DeleteStmt' in node) return ofOld(node.DeleteStmt.relation, setting, 'rows-in-migration', changesRows)
  if ('TruncateStmt' in node) return [{ rule: 'drop', text: 'TRUNCATE loses every row' }]
  if ('VacuumStmt' in node || 'ClusterStmt' in node || 'LockStmt' in node) {
    return [{ rule: 'long-lock', text: 'it locks the table for as long as it runs' }]
  }
  if ('ReindexStmt' in node)
    return [{ rule: 'long-lock', text: 'REINDEX blocks writers: REINDEX ... CONCURRENTLY' }]
  if ('DoStmt' in node) return [{ rule: 'hidden', text: 'what a DO block does is not looked into' }]
  return []
}

function changesRows(table: string): string {
  return `rows of ${table} stay locked until the file is through: change them in batches, by a job`
}

function ofOld(
  relation: RangeVar | undefined,
  { isNew }: Setting,
  rule: string,
  text: (table: string) => string,
): Problem[] {
  const table = nameOf(relation)
  return isNew(table) ? [] : [{ rule, text: text(table) }]
}

function outsideTransaction(what: string, { transaction }: Setting): Problem[] {
  return transaction
    ? [
        {
          rule: 'needs-no-transaction',
          text: `${what} needs "-- migrate:up transaction:false" and a file of its own`,
        },
      ]
    : []
}

function ofDrop(type: string, concurrent: boolean, setting: Setting): Problem[] {
  if (type === 'OBJECT_INDEX') {
    if (concurrent) return outsideTransaction('drop index concurrently', setting)
    return [
      {
        rule: 'index-blocks-writes',
        text: 'DROP INDEX waits for, and stops, everybody: DROP INDEX CONCURRENTLY',
      },
    ]
  }
  if (!['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_VIEW', 'OBJECT_TYPE', 'OBJECT_SEQUENCE'].includes(type))
    return []
  return [{ rule: 'drop', text: 'what the running code may still use is gone, and its rows with it' }]
}

function ofCommand(cmd: AlterTableCmd, table: string, setting: Setting): Problem[] {
  const { subtype = '', name = '', def } = cmd
  switch (subtype) {
    case 'AT_AddColumn':
      return def && 'ColumnDef' in def ? ofColumn(def.ColumnDef, table) : []
    case 'AT_DropColumn':
      return [{ rule: 'drop', text: `the running code may still read ${table}.${name}` }]
    case 'AT_AlterColumnType':
      return [
        { rule: 'rewrite', text: `a new type for ${table}.${name} may rewrite the whole table under a lock` },
      ]
    case 'AT_SetNotNull':
      return [
        {
          rule: 'not-null-scan',
          text: `SET NOT NULL on ${table}.${name} reads the whole table under a lock, unless a validated CHECK says it already`,
        },
      ]
    case 'AT_AddConstraint':
      return def && 'Constraint' in def ? ofConstraint(def.Constraint, table) : []
    case 'AT_ValidateConstraint':
      return setting.added.has(name)
        ? [
            {
              rule: 'validate-apart',
              text: `${name} is validated under the lock that added it: validate in a later file`,
            },
          ]
        : []
    case 'AT_SetTableSpace':
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      return [{ rule: 'rewrite', text: `${table} is written anew under a lock` }]
    default:
      return []
  }
}

/** Functions that answer the same for all rows of a statement, so that PostgreSQL stores the value once. */
const STABLE = new Set([
  'now',
  'current_setting',
  'transaction_timestamp',
  'statement_timestamp',
  'niaga.now',
])

function ofColumn({ colname, typeName, constraints = [] }: ColumnDef, table: string): Problem[] {
  const parts = constraints.flatMap((one) => ('Constraint' in one ? [one.Constraint] : []))
  const has = (type: Constraint['contype']) => parts.find(({ contype }) => contype === type)
  const type = typeName?.names?.map((part) => ('String' in part ? part.String.sval : '')).at(-1) ?? ''
  const value = has('CONSTR_DEFAULT')?.raw_expr
  const filled = has('CONSTR_IDENTITY') !== undefined || /serial/.test(type)
  const found: Problem[] = []
  if (filled || has('CONSTR_GENERATED')?.generated_kind === 's' || (value && isVolatile(value))) {
    found.push({
      rule: 'rewrite',
      text: `${table}.${colname} is worked out for every row: the table is written anew under a lock`,
    })
  } else if (has('CONSTR_NOTNULL') && !value && !has('CONSTR_GENERATED')) {
    found.push({
      rule: 'not-null-scan',
      text: `${table}.${colname} is NOT NULL without a default: it fails where there is a row`,
    })
  }
  return [...found, ...parts.flatMap((part) => ofConstraint(part, table))]
}

/** A call of anything that is not known to be stable. */
function isVolatile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if ('FuncCall' in value) {
    const { funcname = [] } = value.FuncCall as { funcname?: Node[] }
    const name = funcname.map((part) => ('String' in part ? part.String.sval : '')).join('.')
    if (!STABLE.has(name.replace(/^pg_catalog\./, ''))) return true
  }
  return Object.values(value).some(isVolatile)
}

function ofConstraint(
  { contype, conname = 'it', skip_validation, indexname }: Constraint,
  table: string,
): Problem[] {
  if ((contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') && !skip_validation) {
    return [
      {
        rule: 'validates-under-lock',
        text: `${conname} on ${table} is checked for every row under a lock: NOT VALID now, VALIDATE in a later file`,
      },
    ]
  }
  const indexed = ['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_EXCLUSION'].includes(contype ?? '')
  return indexed && !indexname
    ? [
        {
          rule: 'index-blocks-writes',
          text: `${conname} builds an index on ${table} under a lock: build it CONCURRENTLY first, then USING INDEX`,
        },
      ]
    : []
}
