/** How a file of a backup is written and read: in bounded memory, with its digest. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough, type Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { type ArchivedFile, BackupRefused, sizeMatches } from './archive.ts'
import { type BackupKey, Decrypt, Encrypt } from './encryption.ts'

/** Counts and digests what passes. */
class Meter extends Transform {
  bytes = 0
  readonly #hash = createHash('sha256')
  readonly #tell: (bytes: number) => void

  constructor(tell: (bytes: number) => void = () => undefined) {
    super()
    this.#tell = tell
  }

  override _transform(data: Buffer, _: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.bytes += data.length
    this.#hash.update(data)
    this.#tell(data.length)
    done(null, data)
  }

  get sha256(): string {
    return this.#hash.copy().digest('hex')
  }
}

export interface Place {
  readonly folder: string
  readonly path: string
  readonly key: BackupKey | undefined
  readonly signal?: AbortSignal | undefined
}

/** Compresses, encrypts and writes; on disk when it resolves. `tell` hears of every piece that is read. */
export async function store(
  source: Readable,
  { folder, path, key, signal }: Place,
  tell?: (bytes: number) => void,
): Promise<ArchivedFile> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true })
  const stored = new Meter()
  await pipeline(
    source,
    new Meter(tell),
    createZstdCompress(),
    key ? new Encrypt(key, path) : new PassThrough(),
    stored,
    createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
    { signal },
  )
  return { path, bytes: stored.bytes, sha256: stored.sha256 }
}

/** Reads what `store` wrote into `target`. */
export async function load(
  target: Writable,
  { folder, path, key, signal }: Place,
  tell?: (bytes: number) => void,
): Promise<void> {
  await pipeline(
    createReadStream(join(folder, path)),
    new Meter(tell),
    key ? new Decrypt(key, path) : new PassThrough(),
    createZstdDecompress(),
    target,
    { signal },
  )
}

/** @throws BackupRefused where the file is not byte for byte what was written. */
export async function checkFile(
  folder: string,
  file: ArchivedFile,
  tell?: (bytes: number) => void,
): Promise<void> {
  await sizeMatches(folder, file)
  const meter = new Meter(tell)
  await pipeline(createReadStream(join(folder, file.path)), meter, new PassThrough().resume())
  if (meter.sha256 !== file.sha256)
    throw new BackupRefused(`${file.path} is damaged: its digest is another one`)
}
