/** Pictures of people, made small and harmless: nothing of the file that was sent is kept but what can be seen. */
import { Worker } from 'node:worker_threads'
import { fail } from '../../kernel/errors.ts'
import { imageSize, isJpegCutShort } from './image-size.ts'
import type { PictureDone, PictureJob } from './picture-worker.ts'

export interface PictureLimits {
  /** Pixels a side of what is taken. */
  readonly accept: number
  /** Pixels of the longer side of what is made of it. */
  readonly side: number
}

/** A picture of 36 million pixels takes four seconds on a slow core; whatever takes this long is built to. */
const TIMEOUT_MS = 60_000
/** One at a time: the largest takes some 450 MB for a moment. */
const WAITING = 16

let waiting = 0
let before: Promise<unknown> = Promise.resolve()

/**
 * The picture as WebP, without metadata. Its kind is decided by its content; of an animated PNG the first picture is
 * taken. Undefined where it is no PNG, JPEG or WebP, is larger than accepted, broken, cut short or an animated WebP.
 * @throws unavailable where too many wait
 */
export async function toWebp(bytes: Buffer, { accept, side }: PictureLimits): Promise<PictureDone> {
  const found = imageSize(bytes)
  // Of a JPEG the decoder paints grey what is missing; the others refuse by themselves.
  if (!found || found.mimeType === 'image/gif' || (found.mimeType === 'image/jpeg' && isJpegCutShort(bytes)))
    return undefined
  const { mimeType, width, height } = found
  // Before anything is decoded: a few bytes can promise any number of pixels.
  if (Math.min(width, height) < 1 || Math.max(width, height) > accept) return undefined
  if (waiting >= WAITING) throw fail('unavailable')
  waiting += 1
  const turn = before.then(() => convert({ bytes: Uint8Array.from(bytes).buffer, mimeType, accept, side }))
  before = turn.catch(() => undefined).finally(() => waiting--)
  return await turn
}

async function convert(job: PictureJob): Promise<PictureDone> {
  const worker = new Worker(new URL('./picture-worker.ts', import.meta.url), {
    workerData: job,
    transferList: [job.bytes],
  })
  const timer = setTimeout(() => void worker.terminate(), TIMEOUT_MS)
  try {
    return await new Promise<PictureDone>((resolve, reject) => {
      worker.once('message', (done: PictureDone) => resolve(done))
      worker.once('error', reject)
      // Without an answer: its time was over.
      worker.once('exit', () => resolve(undefined))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
