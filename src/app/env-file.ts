/** The `.env` file: read at start, written by commands that add to the configuration. */
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { ConfigurationError, type Environment } from '../platform/configuration.ts'

export const ROOT = resolve(import.meta.dirname, '..', '..')

/** Beside package.json, unless `NIAGA_ENV_FILE` names another. */
export function envFile(): string {
  return resolve(process.env.NIAGA_ENV_FILE?.trim() || join(ROOT, '.env'))
}

/** What the file says by itself. @throws ConfigurationError where it is there and cannot be read */
export function readEnvFile(file = envFile()): Environment {
  if (!existsSync(file)) return {}
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigurationError([`${file} cannot be read: ${String(error)}`])
  }
}

/**
 * Sets these variables, each on one line, and leaves every other line as it is. The file is replaced as a whole:
 * whoever reads meanwhile sees all of it or nothing, and of two writers one is refused.
 * @throws ConfigurationError where another writer is at it, or where a value cannot be written so.
 */
export async function writeEnvFile(
  variables: Readonly<Record<string, string>>,
  file = envFile(),
): Promise<void> {
  const fresh = `${file}.new`
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(fresh, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    throw new ConfigurationError([`${fresh}: another command writes it; where none does, remove it`])
  })
  try {
    const before = await readFile(file, 'utf8').catch(orNothing)
    await handle.writeFile(withVariables(before ?? '', variables))
    await handle.sync()
    const owner = await stat(file).catch(orNothing)
    if (owner) {
      await chmod(fresh, owner.mode)
      await chown(fresh, owner.uid, owner.gid)
    }
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

function orNothing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const names = new Set(Object.keys(variables))
  const kept = text
    .split('\n')
    .filter((line) => !names.has(/^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? ''))
  while (kept.at(-1)?.trim() === '') kept.pop()
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`)
  const written = `${[...kept, ...lines].join('\n')}\n`
  const read = parseEnv(written)
  const lost = Object.entries(variables).find(([name, value]) => read[name] !== value)
  if (lost) throw new ConfigurationError([`${lost[0]}: this value cannot be written to a .env file`])
  return written
}

function quoted(value: string): string {
  if (/^[\w.:,@/+-]*$/.test(value)) return value
  const mark = ["'", '"', '`'].find((one) => !value.includes(one)) ?? "'"
  return `${mark}${value}${mark}`
}
