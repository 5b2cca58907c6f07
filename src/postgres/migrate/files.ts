/** Migration files: dbmate's format, so that the files work with that tool too. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { SqlComponent } from '../manifest.ts'

export interface MigrationFile {
  /** "0001" */
  readonly version: string
  /** "users" */
  readonly name: string
  readonly path: string
  readonly up: string
  readonly down: string
  /** False for `transaction:false`: one statement that refuses to run inside a transaction. */
  readonly transaction: boolean
  /** Function files this one needs, e.g. because it creates a trigger. */
  readonly requires: readonly string[]
  readonly checksum: string
}

/** The current body of a function, trigger function or view; applied again whenever it changes. */
export interface FunctionFile {
  readonly file: string
  readonly path: string
  readonly sql: string
  readonly requires: readonly string[]
  readonly hash: string
}

export interface ComponentFiles {
  readonly component: string
  readonly migrations: readonly MigrationFile[]
  readonly functions: ReadonlyMap<string, FunctionFile>
}

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/
const UP = /^-- migrate:up(.*)$/m
const DOWN = /^-- migrate:down.*$/m

/** @throws Error naming every file that is not a migration or carries a number twice. */
export async function readComponent(component: SqlComponent): Promise<ComponentFiles> {
  const migrations = await readFolder(new URL('migrations/', component.directory), parseMigration)
  const versions = migrations.map((migration) => migration.version)
  const twice = versions.filter((version, i) => versions.indexOf(version) !== i)
  if (twice.length > 0) throw new Error(`${component.name}: number ${twice.join(', ')} stands twice`)
  const functions = await readFolder(new URL('functions/', component.directory), parseFunction)
  return { component: component.name, migrations, functions: new Map(functions.map((f) => [f.file, f])) }
}

export function parseMigration(file: string, path: string, text: string): MigrationFile {
  const [, version, name] = FILE_NAME.exec(file) ?? []
  if (!version || !name) throw new Error(`${path}: a migration is called NNNN_name.sql`)
  const up = UP.exec(text)
  const down = DOWN.exec(text)
  if (!up || !down || down.index < up.index) {
    throw new Error(`${path}: needs "-- migrate:up" and then "-- migrate:down"`)
  }
  return {
    version,
    name,
    path,
    up: text.slice(up.index + up[0].length, down.index).trim(),
    down: text.slice(down.index + down[0].length).trim(),
    transaction: !/transaction:\s*false/.test(up[1] ?? ''),
    requires: requiresOf(text),
    // An annotation for the lint is not what was applied: it may come later.
    checksum: sha256(text.replace(/^ *-- niaga:accept .*\n/gm, '')),
  }
}

function parseFunction(file: string, path: string, text: string): FunctionFile {
  return { file, path, sql: text, requires: requiresOf(text), hash: sha256(text) }
}

/** `-- niaga:require functions/order_total.sql` */
function requiresOf(text: string): string[] {
  return [...text.matchAll(/^-- niaga:require functions\/(\S+)\s*$/gm)].map((match) => match[1] ?? '')
}

async function readFolder<T>(
  folder: URL,
  parse: (file: string, path: string, text: string) => T,
): Promise<T[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const wanted = files.filter((file) => file.endsWith('.sql')).sort()
  return await Promise.all(
    wanted.map(async (file) => {
      const url = new URL(file, folder)
      // A clone on Windows must not look like a changed file.
      const text = (await readFile(url, 'utf8')).replaceAll('\r\n', '\n')
      return parse(file, fileURLToPath(url), text)
    }),
  )
}

/** The functions and what they require, each once, required ones first. */
export function inOrder(files: ComponentFiles, wanted: Iterable<string>): FunctionFile[] {
  const ordered = new Map<string, FunctionFile>()
  const visit = (file: string, path: readonly string[]) => {
    if (ordered.has(file)) return
    const found = files.functions.get(file)
    if (!found)
      throw new Error(`${files.component}: ${path.at(-1) ?? 'a file'} requires ${file}, which is not there`)
    if (path.includes(file))
      throw new Error(`${files.component}: ${[...path, file].join(' → ')} require each other`)
    for (const required of found.requires) visit(required, [...path, file])
    ordered.set(file, found)
  }
  for (const file of wanted) visit(file, [])
  return [...ordered.values()]
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
