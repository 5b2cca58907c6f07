/**
 * Known bugs, planted one at a time into a scratch copy of the source: a torture that does not catch them proves
 * nothing about the bugs that nobody knows.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutation } from './mutation.ts'
import { SHOP_MUTATIONS } from './shop/mutations.ts'
import { torture } from './torture.ts'
import { WALLET_MUTATIONS } from './wallet/mutations.ts'

export interface Caught {
  readonly name: string
  /** Which oracles said something; none where it escaped. */
  readonly oracles: readonly string[]
  readonly example: string
  readonly seconds: number
}

const ROOT = join(import.meta.dirname, '..', '..')

/** Plants each bug in turn and shops until it shows, or some rounds are over. */
export async function runMutations(
  seed: string,
  wanted: string | undefined,
  say: (text: string) => void,
): Promise<readonly Caught[]> {
  const results: Caught[] = []
  for (const mutation of [...SHOP_MUTATIONS, ...WALLET_MUTATIONS].filter(
    ({ name }) => wanted === undefined || name.includes(wanted),
  )) {
    const result = await runMutation(mutation, seed)
    say(
      `${result.oracles.length > 0 ? 'caught ' : 'ESCAPED'} ${result.seconds} s  ${result.name}: ${result.oracles.join(', ')}`,
    )
    results.push(result)
  }
  return results
}

const ROUNDS = 4

async function runMutation(mutation: Mutation, seed: string): Promise<Caught> {
  const { name, changes, sabotage, stories, faults = [] } = mutation
  const begun = Date.now()
  const scratch = await mkdtemp(join(tmpdir(), 'niaga-mutation-'))
  try {
    for (const part of ['src', 'test', 'package.json'])
      await cp(join(ROOT, part), join(scratch, part), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(scratch, 'node_modules'))
    for (const { file, from, to } of changes) {
      const path = join(scratch, 'src', file)
      const text = await readFile(path, 'utf8')
      if (text.split(from).length !== 2) throw new Error(`${name}: "${from}" does not stand once in ${file}`)
      await writeFile(path, text.replace(from, to))
    }
    const { violations } = await torture({
      seed,
      rounds: ROUNDS,
      faults,
      stories,
      root: scratch,
      forget: true,
      ...(sabotage === undefined ? {} : { sabotage }),
      say: () => undefined,
    })
    const [first] = violations
    return {
      name,
      oracles: [...new Set(violations.map(({ oracle }) => oracle))],
      example: first ? `${first.oracle}: ${first.detail.split('\n')[0]}` : '',
      seconds: Math.round((Date.now() - begun) / 1_000),
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
