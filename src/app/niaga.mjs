/**
 * The command `niaga` with its compiled code kept between runs: without that, every start strips the types of
 * and compiles two thousand modules anew. Plain JavaScript, because what removes types is itself slow to load. Where
 * the folder cannot be written, nothing is kept.
 */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

enableCompileCache(join(import.meta.dirname, '..', '..', '.niaga', 'compiled'))
await import('./main.ts')
