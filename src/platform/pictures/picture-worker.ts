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
  /** Pixels a side that the header was held to; what is decoded is held to it again. */
  readonly accept: number
  /** The longer one, at most. */
  readonly side: number
}

/** What Node has of it and its types have not. */
declare const WebAssembly: {
  readonly Memory: { prototype: { readonly buffer: ArrayBuffer; grow(pages: number): number } }
}

/** Undefined where the decoder gave up or made more than was promised. */
export type PictureDone = Uint8Array<ArrayBuffer> | undefined

/** Of 100; beyond it files grow faster than anybody sees. */
const QUALITY = 80
/** What 36 million pixels take in the worst case, a progressive JPEG, is below it. */
const MEMORY_BYTES = 768 * 1024 * 1024
const PAGE_BYTES = 65_536

// The codecs fetch their modules by address, and Node fetches no files. Nothing else is fetched in this thread.
globalThis.fetch = async (address) =>
  new Response(await readFile(new URL(String(address))), { headers: { 'content-type': 'application/wasm' } })

boundMemory()
const { bytes, mimeType, accept, side }: PictureJob = workerData
const decode = await loadDecoder(mimeType)
const { default: encode } = await import('@jsquash/webp/encode.js')
// The codec is there: what it refuses now is the picture.
const pixels = await decode(bytes).catch(() => undefined)
const fits = pixels && Math.max(pixels.width, pixels.height) <= accept
const webp = fits && new Uint8Array<ArrayBuffer>(await encode(shrink(pixels, side), { quality: QUALITY }))
parentPort?.postMessage(webp || undefined, webp ? [webp.buffer] : [])

/** The limits of a thread do not count what a codec takes: those of JPEG and WebP grow by this call, PNG by itself. */
function boundMemory(): void {
  const grow = WebAssembly.Memory.prototype.grow
  WebAssembly.Memory.prototype.grow = function bounded(pages) {
    if (this.buffer.byteLength + pages * PAGE_BYTES > MEMORY_BYTES)
      throw new RangeError('too large a picture')
    return grow.call(this, pages)
  }
}

type Decoder = (bytes: ArrayBuffer) => Promise<Pixels>

async function loadDecoder(type: PictureJob['mimeType']): Promise<Decoder> {
  if (type === 'image/png') {
    const png = await import('@jsquash/png/decode.js')
    await png.init()
    return (given) => png.decode(given)
  }
  if (type === 'image/webp') {
    const { default: webp, init } = await import('@jsquash/webp/decode.js')
    await init()
    return webp
  }
  const { default: jpeg, init } = await import('@jsquash/jpeg/decode.js')
  await init({ printErr: () => undefined })
  // Cameras note which side is up beside the pixels, and that note is dropped with all others.
  return (given) => jpeg(given, { preserveOrientation: true })
}
