/**
 * The yardstick: pgbench's TPC-B at scale 1, seven statements in one transaction, simple protocol. With the
 * pgbench program where it is on the path, else the same statements through our own driver.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { drive } from './drive.ts'

const run = promisify(execFile)
const ACCOUNTS = 100_000
const TELLERS = 10

/** "pgbench (PostgreSQL) 18.1", or undefined where there is none. */
export function pgbenchVersion(): string | undefined {
  try {
    return execFileSync('pgbench', ['--version'], { stdio: 'pipe' }).toString().trim()
  } catch {
    // Not on the path.
    return undefined
  }
}

export async function prepareTpcb(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`
      create table pgbench_branches (bid int not null primary key, bbalance int, filler char(88)) with (fillfactor = 100);
      create table pgbench_tellers (tid int not null primary key, bid int, tbalance int, filler char(84)) with (fillfactor = 100);
      create table pgbench_accounts (aid int not null primary key, bid int, abalance int, filler char(84)) with (fillfactor = 100);
      create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
      insert into pgbench_branches values (1, 0, '');
      insert into pgbench_tellers select n, 1, 0, '' from generate_series(1, ${TELLERS}) n;
      insert into pgbench_accounts select n, 1, 0, '' from generate_series(1, ${ACCOUNTS}) n;`)
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

/** Transactions per second of TPC-B. */
export async function tpcb(url: string, connections: number, seconds: number): Promise<number> {
  if (pgbenchVersion()) return await pgbench(url, connections, seconds, ['-b', 'tpcb-like', '-M', 'simple'])
  const { rate } = await drive(url, connections, seconds, async (client) => {
    const [aid, tid] = [1 + Math.floor(Math.random() * ACCOUNTS), 1 + Math.floor(Math.random() * TELLERS)]
    const delta = Math.floor(Math.random() * 10_001) - 5_000
    await client.query('BEGIN')
    await client.query(`UPDATE pgbench_accounts SET abalance = abalance + ${delta} WHERE aid = ${aid}`)
    await client.query(`SELECT abalance FROM pgbench_accounts WHERE aid = ${aid}`)
    await client.query(`UPDATE pgbench_tellers SET tbalance = tbalance + ${delta} WHERE tid = ${tid}`)
    await client.query(`UPDATE pgbench_branches SET bbalance = bbalance + ${delta} WHERE bid = 1`)
    await client.query(
      `INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (${tid}, 1, ${aid}, ${delta}, CURRENT_TIMESTAMP)`,
    )
    await client.query('END')
  })
  return rate
}

/** Transactions per second of a script in pgbench's language. */
export async function pgbenchScript(
  url: string,
  connections: number,
  seconds: number,
  script: string,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'niaga-bench-'))
  try {
    const file = join(folder, 'script.sql')
    await writeFile(file, script)
    return await pgbench(url, connections, seconds, ['-f', file, '-M', 'prepared'])
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function pgbench(
  url: string,
  connections: number,
  seconds: number,
  flags: readonly string[],
): Promise<number> {
  const shape = ['-n', '-c', String(connections), '-j', '2', '-T', String(seconds)]
  const { stdout } = await run('pgbench', [...flags, ...shape, url])
  const failed = /number of failed transactions: ([1-9]\d*)/.exec(stdout)
  const tps = /tps = ([\d.]+)/.exec(stdout)
  if (failed || !tps) throw new Error(`pgbench: ${stdout}`)
  return Number(tps[1])
}
