/**
 * Keeps what a simulated gateway knows over a restart: a real one does not forget a payment because the shop was
 * killed. One line per change, the last line of a key counts.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** How one thing becomes a JSON object and comes back. */
export interface Codec<T> {
  key(thing: T): string
  write(thing: T): object
  /** Undefined for what is not such an object. */
  read(record: unknown): T | undefined
}

export interface Journal<T> {
  /** In order of creation. */
  load(): T[]
  append(thing: T): void
}

/** `kept`: how many of the newest outlive a restart; all where absent. */
export function openJournal<T>(file: string, codec: Codec<T>, kept = Number.POSITIVE_INFINITY): Journal<T> {
  mkdirSync(dirname(file), { recursive: true })
  const toLine = (thing: T) => `${JSON.stringify(codec.write(thing))}\n`
  return {
    load: () => {
      const all = [...new Map(linesOf(file).flatMap((line) => read(codec, line))).values()]
      const left = all.slice(-Math.min(kept, all.length))
      // Rewritten at each start, so that it grows with the things and not with their changes.
      writeFileSync(`${file}.new`, left.map(toLine).join(''))
      renameSync(`${file}.new`, file)
      return left
    },
    append: (thing) => appendFileSync(file, toLine(thing)),
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}

/** Nothing for a line that a kill cut in half. */
function read<T>(codec: Codec<T>, line: string): [string, T][] {
  const thing = codec.read(parse(line))
  return thing === undefined ? [] : [[codec.key(thing), thing]]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
