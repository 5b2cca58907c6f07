/**
 * A thread for one picture: decodes, shrinks, writes WebP, and ends. The codecs are WebAssembly: what a hostile picture
 * breaks it breaks in their memory, which goes with the thread.
 */
import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { type Pixels, shrink } from './shrink.ts'

export interface PictureJob {
  readonly bytes: ArrayBuffer
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
  /** The longer one, at most. */
  readonly side: number
}

/** Undefined where the decoder gave up. */
export type PictureDone = Uint8Array<ArrayBuffer> | undefined

/** Of 100; beyond it files grow faster than anybody sees. */
const QUALITY = 80

// The codecs fetch their modules by address, and Node fetches no files. Nothing else is fetched in this thread.
globalThis.fetch = async (address) =>
  new Response(await readFile(new URL(String(address))), { headers: { 'content-type': 'application/wasm' } })

const { bytes, mimeType, side }: PictureJob = workerData
const decode = await loadDecoder(mimeType)
const { default: encode } = await import('@jsquash/webp/encode.js')
const pixels = await decode(bytes).catch(() => undefined)
const webp = pixels && new Uint8Array<ArrayBuffer>(await encode(shrink(pixels, side), { quality: QUALITY }))
parentPort?.postMessage(webp, webp ? [webp.buffer] : [])

type Decoder = (bytes: ArrayBuffer) => Promise<Pixels>

async function loadDecoder(type: PictureJob['mimeType']): Promise<Decoder> {
  if (type === 'image/png') {
    const png = await import('@jsquash/png/decode.js')
    return (given) => png.decode(given)
  }
  if (type === 'image/webp') return (await import('@jsquash/webp/decode.js')).default
  const { default: jpeg, init } = await import('@jsquash/jpeg/decode.js')
  await init({ printErr: () => undefined })
  // Cameras note which side is up beside the pixels, and that note is dropped with all others.
  return (given) => jpeg(given, { preserveOrientation: true })
}
