/** Pictures of people: what is taken, what is kept of it, and who sees it (UserState, U9). */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { utimes } from 'node:fs/promises'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { crc32, deflateSync } from 'node:zlib'
import type { PoolClient } from 'pg'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { imageSize } from '../../../platform/pictures/image-size.ts'
import { sql } from '../../../postgres/sql.ts'
import { putPicture } from './change-picture.ts'
import { sweepPictures } from './picture.jobs.ts'

const wallet = await openUserstate()
const { owner, store } = wallet

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length)
  whole.writeUInt32BE(data.length)
  whole.write(type, 4, 'latin1')
  data.copy(whole, 8)
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), 8 + data.length)
  return whole
}

interface PngOptions {
  /** Bytes of pixels more than the size asks for. */
  readonly tooMany?: number
  readonly chunks?: readonly Buffer[]
}

/** Grey, eight bits. */
function png(width: number, height: number, { tooMany = 0, chunks = [] }: PngOptions = {}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const rows = Buffer.alloc((width + 1) * height + tooMany)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** 24 by 16, red and blue. */
const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wEEEAAUABQAFAAUABUAFAAXABkAGQAXAB8AIgAeACIAHwAuACsAJwAnACsALgBGADIANgAyADYAMgBGAGoAQgBOAEIAQgBOAEIAagBeAHIAXQBWAF0AcgBeAKkAhQB2AHYAhQCpAMMApACbAKQAwwDsANMA0wDsASoBGwEqAYUBhQILEQAUABQAFAAUABUAFAAXABkAGQAXAB8AIgAeACIAHwAuACsAJwAnACsALgBGADIANgAyADYAMgBGAGoAQgBOAEIAQgBOAEIAagBeAHIAXQBWAF0AcgBeAKkAhQB2AHYAhQCpAMMApACbAKQAwwDsANMA0wDsASoBGwEqAYUBhQIL/8EAEQgAEAAYAwEiAAIRAQMRAf/EAFYAAQEBAAAAAAAAAAAAAAAAAAQABRABAAMAAAAAAAAAAAAAAAAAAARCgQEBAQAAAAAAAAAAAAAAAAAABgIRAAEFAQAAAAAAAAAAAAAAAAADBTWCsgT/2gAMAwEAAhEDEQA/AMoaTTSRpNNWyyfPfItd45eugqSMAUf/2Q==',
  'base64',
)

/** As a telephone writes them: what is up, and what its owner would rather not tell. */
function withExif(jpeg: Buffer, orientation: number): Buffer {
  const ascii = Buffer.from('GPS -6.2088,106.8456 Budi Santoso\0')
  const tiff = Buffer.alloc(38)
  tiff.write('MM\0*', 0, 'latin1')
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(2, 8)
  for (const [at, tag, type, count, value] of [
    [10, 0x0112, 3, 1, orientation << 16],
    [22, 0x010e, 2, ascii.length, 38],
  ] as const) {
    tiff.writeUInt16BE(tag, at)
    tiff.writeUInt16BE(type, at + 2)
    tiff.writeUInt32BE(count, at + 4)
    tiff.writeUInt32BE(value, at + 8)
  }
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff, ascii])
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)])
}

/** As cameras write them: a small picture of its own, with its scan and its end, before the large one. */
function withThumbnail(jpeg: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(JPEG.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, JPEG, jpeg.subarray(2)])
}

async function put(as: Person, bytes: Buffer, name = 'me.jpg', type = 'image/jpeg') {
  const form = new FormData()
  form.append('file', new Blob([Uint8Array.from(bytes)], { type }), name)
  const response = await fetch(`${wallet.origin}/userstate/v1/users/me/profile-image`, {
    method: 'PUT',
    body: form,
    headers: { authorization: `Bearer ${as.token}` },
  })
  const body: { readonly code?: string; readonly profile_img?: string } = JSON.parse(await response.text())
  return { status: response.status, body, shown: String(body.profile_img) }
}

const kept = async (shown: string): Promise<Buffer> => {
  const file = await store.files.read(shown)
  assert.ok(file, shown)
  return file
}

const sizeOf = async (shown: string) => {
  const { mimeType, width, height } = imageSize(await kept(shown)) ?? {}
  return [mimeType, width, height]
}

test('check 18: a PNG named .jpg is taken by its content, and shown as a WebP of 512 pixels at most', async () => {
  const budi = await wallet.person()
  const { status, shown } = await put(budi, png(1000, 600), 'me.jpg', 'image/jpeg')
  assert.equal(status, 200)
  assert.match(shown, /^profile\/[\w-]{22}\.webp$/)
  assert.deepEqual(await sizeOf(shown), ['image/webp', 512, 307])
  assert.equal((await wallet.get('/users/me', { as: budi })).body.profile_img, shown)
  const seen = await fetch(`${wallet.origin}/userstate/v1/files/${shown}`, {
    headers: { authorization: `Bearer ${budi.token}` },
  })
  assert.deepEqual(
    ['content-type', 'cache-control', 'x-content-type-options'].map((name) => seen.headers.get(name)),
    ['image/webp', 'private, max-age=3600, immutable', 'nosniff'],
  )
  assert.deepEqual(Buffer.from(await seen.arrayBuffer()), await kept(shown))
  // What we made of it is a picture like any other.
  assert.deepEqual(await sizeOf((await put(budi, await kept(shown), 'x')).shown), ['image/webp', 512, 307])
})

test('check 18: what is no picture is refused whatever it is called, and what is too large as well', async () => {
  const eve = await wallet.person()
  const before = await store.files.list('profile')
  const html = Buffer.from(`<!doctype html><script>alert(1)</script>${' '.repeat(100)}`)
  const webp = Buffer.concat([Buffer.from('RIFF\x40\0\0\0WEBPVP8 '), Buffer.alloc(60)])
  const svg = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${' '.repeat(100)}</svg>`,
  )
  for (const [what, bytes] of [
    ['HTML', html],
    ['SVG', svg],
    ['GIF', Buffer.concat([Buffer.from('GIF89a\x01\0\x01\0'), Buffer.alloc(40)])],
    ['nothing', Buffer.alloc(0)],
    ['no WebP', webp],
    ['6001 wide', png(6001, 1)],
    ['6001 high', png(1, 6001)],
    ['no pixels', png(0, 10)],
  ] as const) {
    const { status, body } = await put(eve, bytes, 'me.png', 'image/png')
    assert.deepEqual([status, body.code], [415, 'unsupported_image'], what)
  }
  // Whether it is told by the length announced or by counting.
  for (const bytes of [6_000_000, 5_000_001]) {
    const { status, body } = await put(eve, Buffer.concat([png(10, 10), Buffer.alloc(bytes)]))
    assert.deepEqual([status, body.code], [413, 'file_too_large'])
  }
  await wallet.drain()
  assert.ok((await store.files.list('profile')).every((file) => before.includes(file)))
  const json = await wallet.call('PUT', '/users/me/profile-image', { as: eve, body: { file: 'x' } })
  assert.deepEqual([json.status, json.body.code], [415, 'unsupported_image'])
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  for (const body of [
    'nonsense',
    '--x\r\ncontent-disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
  ]) {
    const answer = await wallet.call('PUT', '/users/me/profile-image', { as: eve, body, headers })
    assert.deepEqual([answer.status, answer.body.code], [400, 'validation_failed'])
  }
})

test('check 18: nothing is kept of a photograph but what can be seen, the right way up', async () => {
  const budi = await wallet.person()
  const upright = await put(budi, withExif(JPEG, 1))
  assert.deepEqual(await sizeOf(upright.shown), ['image/webp', 24, 16])
  const turned = await put(budi, withExif(JPEG, 6))
  assert.deepEqual(await sizeOf(turned.shown), ['image/webp', 16, 24])
  for (const trace of ['GPS', 'Budi', 'Exif', 'EXIF', 'ICCP', 'XMP'])
    assert.ok(!(await kept(turned.shown)).includes(trace), trace)
})

test('a polyglot leaves its other half behind; what is cut short or animated WebP is refused', async () => {
  const eve = await wallet.person()
  const script = Buffer.from('<script>alert(1)</script>')
  for (const bytes of [
    Buffer.concat([png(20, 20), script]),
    Buffer.concat([JPEG, script]),
    withThumbnail(JPEG),
    png(20, 20, { chunks: [chunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), script]))] }),
  ]) {
    const { status, shown } = await put(eve, bytes)
    assert.equal(status, 200)
    assert.ok(!(await kept(shown)).includes('script'))
  }
  const webp = await kept((await put(eve, png(40, 40))).shown)
  const picture = webp.subarray(12)
  const frame = Buffer.concat([
    Buffer.from('0000000000002700002700006400000', 'hex'),
    Buffer.alloc(1),
    picture,
  ])
  const animated = riff([
    ['VP8X', Buffer.from('02000000270000270000', 'hex')],
    ['ANIM', Buffer.alloc(6)],
    ['ANMF', frame],
  ])
  for (const [what, bytes] of [
    ['half a PNG', png(300, 300).subarray(0, -40)],
    ['half a JPEG', JPEG.subarray(0, -20)],
    ['half a JPEG with the whole of a small one', withThumbnail(JPEG.subarray(0, -20))],
    ['the head of a JPEG', JPEG.subarray(0, 400)],
    ['half a WebP', webp.subarray(0, -10)],
    ['an animated WebP', animated],
    ['a JPEG that is all frame headers', Buffer.concat([JPEG.subarray(0, -20), Buffer.alloc(3000, 0xff)])],
  ] as const) {
    const { status, body } = await put(eve, bytes)
    assert.deepEqual([status, body.code], [415, 'unsupported_image'], what)
  }
})

function riff(chunks: readonly (readonly [string, Buffer])[]): Buffer {
  const body = chunks.map(([type, data]) => {
    const head = Buffer.alloc(8)
    head.write(type, 0, 'latin1')
    head.writeUInt32LE(data.length, 4)
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)])
  })
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(4 + body.reduce((sum, { length }) => sum + length, 0), 4)
  return Buffer.concat([head, ...body])
}

test('a few bytes that promise a flood of pixels or text are refused, or cost no more than they may', async () => {
  const eve = await wallet.person()
  const huge = Buffer.from(png(10, 10))
  huge.writeUInt32BE(60_000, 16)
  huge.writeUInt32BE(60_000, 20)
  huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29)
  assert.equal((await put(eve, huge)).status, 415)
  const flood = deflateSync(Buffer.alloc(30_000_000))
  const text = chunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), flood]))
  const { shown } = await put(eve, png(20, 20, { chunks: [text] }))
  assert.ok((await kept(shown)).length < 1000)
  assert.notEqual((await put(eve, png(10, 10, { tooMany: 30_000_000 }))).status, 500)
  // As large as may be: 36 million pixels in some 35 kB.
  assert.deepEqual(await sizeOf((await put(eve, png(6000, 6000))).shown), ['image/webp', 512, 512])
})

const SOF = JPEG.indexOf('ffc1', 0, 'hex')

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}
/** The frame header of JPEG with another size. */
const frameOf = (pixels: number): Buffer => {
  const body = Buffer.from(JPEG.subarray(SOF + 4, SOF + 19))
  body.writeUInt16BE(pixels, 1)
  body.writeUInt16BE(pixels, 3)
  return segment(0xc1, body)
}

test('a JPEG whose size could be read in two ways is refused, and none decodes to more than its header said', async () => {
  const eve = await wallet.person()
  const tables = JPEG.subarray(2, SOF)
  const rest = JPEG.subarray(SOF + 19)
  const [small, huge] = [frameOf(16), frameOf(20_000)]
  /** Decoders read past a marker that has no length; who takes the next bytes for one lands in the comment. */
  const hidden = (marker: number): Buffer => {
    const real = Buffer.concat([tables, huge])
    const leap = Buffer.from([0xff, marker, 0, 0])
    leap.writeUInt16BE(2 + real.length + 4, 2)
    return Buffer.concat([leap, real, segment(0xfe, Buffer.concat([small, Buffer.alloc(20)])), rest])
  }
  const startingWith = (...parts: readonly Buffer[]) => Buffer.concat([JPEG.subarray(0, 2), ...parts])
  for (const [what, bytes] of [
    ['TEM', startingWith(hidden(0x01))],
    ['RST0', startingWith(hidden(0xd0))],
    ['RST7', startingWith(hidden(0xd7))],
    ['a stuffed zero', startingWith(hidden(0x00))],
    ['two frames', startingWith(tables, small, huge, rest)],
    ['two frames, the other way', startingWith(tables, huge, small, rest)],
    [
      'a scan before its frame',
      startingWith(tables, JPEG.subarray(JPEG.indexOf('ffda', 0, 'hex'), -2), small, rest),
    ],
    ['a length of nothing', startingWith(Buffer.from([0xff, 0xfe, 0, 0]), tables, small, rest)],
  ] as const) {
    assert.equal(imageSize(bytes), undefined, what)
    assert.equal((await put(eve, bytes)).body.code, 'unsupported_image', what)
  }
  const honest = startingWith(tables, frameOf(6001), rest)
  assert.equal(imageSize(honest)?.width, 6001)
  assert.equal((await put(eve, honest)).body.code, 'unsupported_image')
  // Whatever the header was taken for: the thread answers nothing, and its codec gets no gigabytes.
  assert.equal(await convert(JPEG, 23), undefined)
  assert.ok(await convert(JPEG, 24))
  assert.equal(await convert(startingWith(tables, huge, rest), 65_535), undefined)
})

async function convert(bytes: Buffer, accept: number): Promise<unknown> {
  const worker = new Worker(new URL('../../../platform/pictures/picture-worker.ts', import.meta.url), {
    workerData: { bytes: Uint8Array.from(bytes).buffer, mimeType: 'image/jpeg', accept, side: 512 },
  })
  const [answer]: unknown[] = await once(worker, 'message')
  await worker.terminate()
  return answer
}

test('who is signed in and services that may read people see a picture; nobody else', async () => {
  const budi = await wallet.person()
  const { shown } = await put(budi, png(10, 10))
  const path = `/files/${shown}`
  assert.equal((await wallet.get(path)).status, 401)
  const stranger = await wallet.person()
  assert.equal((await wallet.get(path, { as: stranger })).status, 200)
  assert.equal(
    (await wallet.get(path, { headers: await wallet.service('reader', ['users:read']) })).status,
    200,
  )
  assert.equal(
    (await wallet.get(path, { headers: await wallet.service('pusher', ['push:send']) })).status,
    403,
  )
  for (const other of ['nobody.webp', '..', `${shown.slice(8, -5)}.png`])
    assert.equal((await wallet.get(`/files/profile/${other}`, { as: budi })).status, 404, other)
  assert.equal((await wallet.get('/files/profile/..%2F..%2Fpasswd', { as: budi })).status, 400)
})

test('a picture that was replaced or taken down is gone for everybody, and its file with it', async () => {
  const budi = await wallet.person()
  const first = await put(budi, png(10, 10))
  const second = await put(budi, png(20, 20))
  assert.equal((await wallet.get(`/files/${first.shown}`, { as: budi })).status, 404)
  assert.equal((await wallet.call('DELETE', '/users/me/profile-image', { as: budi })).status, 204)
  assert.equal((await wallet.get(`/files/${second.shown}`, { as: budi })).status, 404)
  assert.equal((await wallet.call('DELETE', '/users/me/profile-image', { as: budi })).status, 204)
  await wallet.drain()
  for (const { shown } of [first, second]) assert.equal(await store.files.read(shown), undefined)
})

test('of five pictures at once one is shown and one file is left', async () => {
  const budi = await wallet.person()
  const before = (await store.files.list('profile')).length
  const all = await Promise.all([1, 2, 3, 4, 5].map((n) => put(budi, png(n, n))))
  assert.deepEqual([...new Set(all.map(({ status }) => status))], [200])
  await wallet.drain()
  assert.equal((await store.files.list('profile')).length, before + 1)
  const { body } = await wallet.get('/users/me', { as: budi })
  assert.ok(await store.files.read(body.profile_img))
})

test('a picture whose COMMIT lost its answer is shown: its file stays', async () => {
  const budi = await wallet.person()
  const { db } = store
  const lossy = new Proxy(db, {
    get: (of, name) =>
      name === 'pool'
        ? { connect: async () => losingCommit(await of.pool.connect()) }
        : Reflect.get(of, name),
  })
  await assert.rejects(
    putPicture({ ...store, db: lossy }, { type: 'user', id: budi.username }, budi.username, png(9, 9)),
  )
  const { body } = await wallet.get('/users/me', { as: budi })
  assert.ok(await store.files.read(body.profile_img))
})

/** The connection ends with what was committed, and before anybody hears of it. */
const losingCommit = (client: PoolClient): PoolClient =>
  new Proxy(client, {
    get(of, name) {
      if (name !== 'query') {
        const member: unknown = Reflect.get(of, name)
        return typeof member === 'function' ? member.bind(of) : member
      }
      return async (asked: string, ...more: unknown[]) => {
        const answer: unknown = await Reflect.apply(of.query, of, [asked, ...more])
        if (asked === 'commit') throw new Error('Connection terminated unexpectedly')
        return answer
      }
    },
  })

test('a picture of a closed account is shown to nobody; what failed or died left behind goes after a day', async () => {
  const budi = await wallet.person()
  await owner.run(sql`update user_login set disabled = true where username = ${budi.username}`)
  const before = await store.files.list('profile')
  await assert.rejects(putPicture(store, { type: 'user', id: budi.username }, budi.username, png(9, 9)), {
    code: 'account_disabled',
  })
  const refused = (await store.files.list('profile')).filter((file) => !before.includes(file))
  assert.equal(refused.length, 1)
  const [old, young] = [`profile/${'a'.repeat(22)}.webp`, `profile/${'b'.repeat(22)}.webp`]
  for (const name of [old, young]) await store.files.write(name, JPEG)
  const shown = `profile/${before[0]}`
  for (const name of [old, shown, `profile/${refused[0]}`]) await utimes(store.files.path(name), 0, 0)
  assert.equal(await sweepPictures(store, new AbortController().signal), 2)
  assert.deepEqual(
    await Promise.all([old, young, shown].map(async (name) => Boolean(await store.files.read(name)))),
    [false, true, true],
  )
})
