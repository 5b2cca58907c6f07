/** The wallet page as people use it: a real browser, the whole system behind it, the gateway's and the mails' simulators. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Locator, Page, Route } from 'playwright-core'
import { noBrowser, openBrowser, reads } from '../../../../test/browser.ts'
import { until } from '../../../../test/until.ts'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { sql } from '../../../postgres/sql.ts'

const wallet = await openUserstate()
const shop = await wallet.service('kopi_kita')
const url = `${wallet.origin}/userstate/`
const browser = noBrowser ? undefined : await openBrowser()
after(() => browser?.close())

/** A phone; what the worker answers could not be cut off, so that it has a test of its own. */
const PHONE = { viewport: { width: 360, height: 740 }, serviceWorkers: 'block' } as const

function scene(title: string, play: (open: NonNullable<typeof browser>) => Promise<void>): void {
  test(title, { skip: noBrowser }, async () => {
    assert.ok(browser)
    await play(browser)
  })
}

/** A page on which somebody made past the API is signed in, and stays so. */
async function signedIn(open: NonNullable<typeof browser>, person: Person, path: string): Promise<Page> {
  return await open.open(`${url}#/${path}`, { ...PHONE, storageState: await sessionOf(person) })
}

/** What the browser has kept of an earlier visit. */
async function sessionOf({ username }: Person) {
  const { refresh_token: value } = await wallet.store.tokens.issue(username)
  const localStorage = [{ name: 'wallet.refresh_token', value }]
  return { cookies: [], origins: [{ origin: wallet.origin, localStorage }] }
}

const heading = (page: Page, name: string | RegExp): Locator => page.getByRole('heading', { name, level: 1 })
const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).click()

/** Where a code is asked for, it is on its way. */
async function enterCode(page: Page, email: string): Promise<void> {
  const field = page.getByLabel('Kode 6 angka')
  await field.waitFor()
  await field.fill(await wallet.codeFor(email))
}

async function payments(username: string): Promise<number> {
  const { count } = await wallet.owner.one<{ count: number }>(sql`
    select count(*)::int4 as count from user_transaction where username = ${username} and type = 'PAYMENT'`)
  return count
}

/** The first answer is lost after the API has done what was asked; the next ones arrive. */
async function loseAnswers(
  page: Page,
  path: string,
  count: number,
): Promise<{ keys: (string | undefined)[] }> {
  const seen = { keys: [] as (string | undefined)[] }
  await page.route(`**/userstate/v1${path}`, async (route: Route) => {
    seen.keys.push(route.request().headers()['idempotency-key'])
    const answer = await route.fetch()
    assert.equal(answer.status(), 201)
    if (seen.keys.length <= count) await route.abort('connectionreset')
    else await route.fulfill({ response: answer })
  })
  return seen
}

scene('from registering to a withdrawal that arrived, on a phone', async (open) => {
  await wallet.change('points.signup_bonus', 60)
  const page = await open.open(url, PHONE)
  await page.getByRole('link', { name: 'Buat akun baru' }).click()
  await page.getByLabel('Nama depan').fill('<img src=x onerror=alert(1)>')
  await page.getByLabel('Nama belakang').fill('Aminah')
  await page.getByLabel('E-mail').fill('siti@example.com')
  await page.getByLabel('Nama pengguna').fill('siti')
  await page.getByLabel('Kata sandi').fill('kopi-susu-27')
  await press(page, 'Daftar')
  await heading(page, 'Konfirmasi e-mail').waitFor()
  await page.getByRole('link', { name: 'kotak surat' }).waitFor()
  await enterCode(page, 'siti@example.com')
  await press(page, 'Konfirmasi')
  // Names are text, whatever is in them.
  await heading(page, 'Halo, <img src=x onerror=alert(1)>').waitFor()

  await page.getByRole('navigation').getByRole('link', { name: 'Isi saldo' }).click()
  await page.getByLabel('Jumlah', { exact: true }).fill('Rp 250.000')
  await press(page, 'Lanjut ke pembayaran')
  const opened = page.waitForEvent('popup')
  await page.getByRole('link', { name: 'Buka halaman pembayaran' }).click()
  const gateway = await opened
  await press(gateway, 'Bayar sekarang')
  await gateway.getByText('Pembayaran berhasil').waitFor()
  await gateway.close()
  await reads(page.locator('main'), /Berhasil[\s\S]*Saldo sesudahnyaRp 250\.000/)

  await page.getByRole('navigation').getByRole('link', { name: 'Bayar' }).click()
  await page.getByLabel('Merchant').fill('kopi_kita')
  await page.getByLabel('Jumlah').fill('30000')
  await page.getByLabel('Catatan').fill('<script>alert(2)</script>')
  await press(page, 'Bayar')
  await heading(page, 'Pembayaran ke kopi_kita').waitFor()
  await reads(page.locator('main'), /Ditahan[\s\S]*<script>alert\(2\)<\/script>/)
  const id = new URL(page.url()).hash.split('/').at(-1)
  const captured = await wallet.post(`/payments/${id}/capture`, { headers: shop, key: 'capture' })
  assert.equal(captured.status, 200)
  await reads(page.locator('main'), /Berhasil[\s\S]*Saldo sesudahnyaRp 220\.000/)

  await page.goto(`${url}#/poin`)
  await page.getByLabel('Jumlah poin').fill('50')
  await press(page, 'Tukar jadi saldo')
  await page.getByText('50 poin ditukar. Saldo Anda sekarang Rp 225.000.').waitFor()

  await page.goto(`${url}#/tarik`)
  await page.getByLabel('Nomor rekening').fill('1234 567 890')
  await page.getByLabel('Nama pemilik').fill('Siti Aminah')
  await press(page, 'Simpan rekening')
  await page.getByLabel('Jumlah').fill('75.000')
  await press(page, 'Tarik dana')
  await page.getByText('Rp 75.000 ke BCA ••••7890').waitFor()
  await enterCode(page, 'siti@example.com')
  await press(page, 'Tarik Rp 75.000')
  await page.locator('.rows .badge', { hasText: 'Berhasil' }).waitFor()

  await page.getByRole('navigation').getByRole('link', { name: 'Riwayat' }).click()
  await heading(page, 'Riwayat').waitFor()
  assert.deepEqual(await page.locator('.rows .what').allTextContents(), [
    'Penarikan',
    'Tukar poin',
    'Pembayaran ke kopi_kita',
    'Isi saldo',
  ])
  assert.deepEqual(await page.locator('.rows .sum').allTextContents(), [
    '−Rp 75.000',
    '+Rp 5.000',
    '−Rp 30.000',
    '+Rp 250.000',
  ])
  assert.deepEqual(
    await page.locator('.rows .after').allTextContents(),
    ['150.000', '225.000', '220.000', '250.000'].map((sum) => `Saldo Rp ${sum}`),
  )
  await page.getByText('Saring').click()
  await page.getByLabel('Jenis').selectOption('PAYMENT')
  await press(page, 'Tampilkan')
  await page.waitForURL(/type=PAYMENT/)
  await reads(page.locator('.rows'), /^[^−+]*−Rp 30\.000[^−+]*$/)
  // The withdrawal asks without a code first, and is told that one is needed.
  assert.deepEqual(
    open.complaints.filter((each) => !/#\/tarik: Failed to load resource: .* 403/.test(each)),
    [],
    'no script failed and nothing was refused by the policy',
  )
  await page.context().close()
})

scene('pay pressed twice pays once, and the same again later is a payment of its own', async (open) => {
  const payer = await wallet.person({ balance: 100_000 })
  const page = await signedIn(open, payer, 'bayar?payee=kopi_kita&amount=10000')
  for (const [time, held] of [
    [1, '10.000'],
    [2, '20.000'],
  ] as const) {
    await heading(page, 'Bayar').waitFor()
    await page.getByRole('button', { name: 'Bayar' }).evaluate((button: { click(): void }) => {
      button.click()
      button.click()
    })
    await heading(page, 'Pembayaran ke kopi_kita').waitFor()
    assert.equal(await payments(payer.username), time)
    await page.goto(`${url}#/`)
    await reads(page.locator('.balance'), new RegExp(`DitahanRp ${held}`))
    await page.goto(`${url}#/bayar?payee=kopi_kita&amount=10000`)
  }
  await page.context().close()
})

scene('a payment whose answer is lost is asked for again under its key, and paid once', async (open) => {
  const payer = await wallet.person({ balance: 100_000 })
  const page = await signedIn(open, payer, 'bayar?payee=kopi_kita&amount=10000')
  const seen = await loseAnswers(page, '/payments', 1)
  await press(page, 'Bayar')
  await heading(page, 'Pembayaran ke kopi_kita').waitFor()
  assert.deepEqual([seen.keys.length, new Set(seen.keys).size], [2, 1])
  assert.equal(await payments(payer.username), 1)
  await page.context().close()
})

scene('nobody heard, the page left and come back to: the next press is the same payment', async (open) => {
  const payer = await wallet.person({ balance: 100_000 })
  const page = await signedIn(open, payer, 'bayar?payee=kopi_kita&amount=10000')
  const seen = await loseAnswers(page, '/payments', 3)
  await press(page, 'Bayar')
  await page.getByRole('alert').filter({ hasText: 'tidak akan terkirim dua kali' }).waitFor()
  await page.reload()
  await press(page, 'Bayar')
  await heading(page, 'Pembayaran ke kopi_kita').waitFor()
  assert.deepEqual([seen.keys.length, new Set(seen.keys).size], [4, 1])
  assert.equal(await payments(payer.username), 1)
  await page.context().close()
})

scene(
  'the app closed and opened again by somebody who stays signed in: still the same payment',
  async (open) => {
    const payer = await wallet.person({ balance: 100_000 })
    const page = await signedIn(open, payer, 'bayar?payee=kopi_kita&amount=10000')
    const seen = await loseAnswers(page, '/payments', 3)
    await press(page, 'Bayar')
    await page.getByRole('alert').filter({ hasText: 'tidak akan terkirim dua kali' }).waitFor()
    const kept = await page.context().storageState()
    await page.context().close()
    const later = await open.open(`${url}#/bayar?payee=kopi_kita&amount=10000`, {
      ...PHONE,
      storageState: kept,
    })
    const again = await loseAnswers(later, '/payments', 0)
    await press(later, 'Bayar')
    await heading(later, 'Pembayaran ke kopi_kita').waitFor()
    assert.equal(new Set([...seen.keys, ...again.keys]).size, 1)
    assert.equal(await payments(payer.username), 1)
    assert.doesNotMatch(await later.evaluate('Object.keys(localStorage).join()'), /intention/)
    await later.context().close()
  },
)

scene(
  "a refusal that is not the API's own ends no intention: the next press is the same payment",
  async (open) => {
    const payer = await wallet.person({ balance: 100_000 })
    const page = await signedIn(open, payer, 'bayar?payee=kopi_kita&amount=10000')
    const proxies = [
      { status: 408, contentType: 'text/html', body: '<h1>Request Timeout</h1>' },
      { status: 403, contentType: 'application/json', body: '{"code":"blocked"}' },
      { status: 404, contentType: 'application/problem+json', body: '{"title":"Not Found"}' },
    ]
    const keys: (string | undefined)[] = []
    await page.route('**/userstate/v1/payments', async (route: Route) => {
      keys.push(route.request().headers()['idempotency-key'])
      const response = await route.fetch()
      await route.fulfill(proxies[keys.length - 1] ?? { response })
    })
    for (const [index] of proxies.entries()) {
      await press(page, 'Bayar')
      await page.getByRole('alert').filter({ hasText: 'Ada yang salah di pihak kami' }).waitFor()
      assert.equal(keys.length, index + 1)
      await page.reload()
    }
    await press(page, 'Bayar')
    await heading(page, 'Pembayaran ke kopi_kita').waitFor()
    assert.deepEqual([keys.length, new Set(keys).size], [4, 1])
    assert.equal(await payments(payer.username), 1)
    await page.context().close()
  },
)

scene('whoever leaves a screen before its first answer came is asked for no more', async (open) => {
  const page = await signedIn(open, await wallet.person(), 'akun')
  const timers = await page.evaluate(`(async () => {
    const { live } = await import('./assets/live.js')
    const running = new Set()
    const [begin, end] = [setInterval, clearInterval]
    globalThis.setInterval = (...rest) => { const id = begin(...rest); running.add(id); return id }
    globalThis.clearInterval = (id) => { running.delete(id); end(id) }
    const counted = []
    for (const leaves of [true, false]) {
      const left = new AbortController()
      let loads = 0
      const arrive = Promise.withResolvers()
      const screen = live(left.signal, () => { loads += 1; return arrive.promise }, () => [])
      if (leaves) left.abort()
      arrive.resolve({})
      const { renew } = await screen
      const whileThere = running.size
      left.abort()
      await renew()
      counted.push([whileThere, running.size, loads])
    }
    return counted
  })()`)
  const [early, late] = [
    [0, 0, 1],
    [1, 0, 1],
  ]
  assert.deepEqual(timers, [early, late])
  await page.context().close()
})

scene('what is refused says why at the field, and the next try is another intention', async (open) => {
  const payer = await wallet.person({ balance: 5000 })
  const page = await signedIn(open, payer, 'bayar?payee=kopi_kita')
  const typed = [
    '50.000',
    '50000',
    'Rp 50.000',
    'Rp50.000,00',
    ' 1.250.000 ',
    '50.00',
    '0',
    '-5',
    '1e3',
    'abc',
  ]
  const read = await page.evaluate(`import('./assets/format.js')
    .then(({ readRupiah }) => ${JSON.stringify(typed)}.map((each) => readRupiah(each) ?? 'none'))`)
  assert.deepEqual(read, ['50000', '50000', '50000', '50000', '1250000', ...new Array(5).fill('none')])
  await page.getByLabel('Jumlah').fill('1,5')
  await press(page, 'Bayar')
  await reads(page.locator('[data-problem=amount]'), /misalnya Rp 50\.000/)
  await page.getByLabel('Jumlah').fill('9.000')
  await press(page, 'Bayar')
  await reads(page.locator('[data-problem=amount]'), /Saldo Anda tidak cukup/)
  assert.equal(await page.evaluate('document.activeElement.name'), 'amount')
  await page.getByLabel('Merchant').fill('nobody')
  await press(page, 'Bayar')
  await reads(page.locator('[data-problem=payee]'), /tidak dikenal/)
  await page.context().close()
})

scene(
  'a voucher takes something off, another becomes balance; profile, picture and address are kept',
  async (open) => {
    const person = await wallet.person({ balance: 100_000 })
    await wallet.owner.run(sql`
    insert into voucher (code, kind, value) values ('POTONG5', 'DISCOUNT_FIXED', 5000), ('SALDO25', 'BALANCE', 25000)`)
    const page = await signedIn(open, person, 'bayar?payee=kopi_kita&amount=30000&voucher_code=potong5')
    await press(page, 'Bayar')
    await heading(page, 'Pembayaran ke kopi_kita').waitFor()
    await reads(page.locator('main'), /−Rp 25\.000[\s\S]*HargaRp 30\.000Potongan voucher−Rp 5\.000/)

    await page.goto(`${url}#/poin`)
    await page.getByLabel('Kode voucher').fill('saldo25')
    await press(page, 'Periksa')
    await page.getByText('Saldo Rp 25.000').waitFor()
    await press(page, 'Pakai voucher ini')
    await reads(page.locator('main'), /SALDO25Dipakai[\s\S]*POTONG5Dipesan/)

    await page.goto(`${url}#/profil`)
    await page.getByLabel('Nomor telepon').fill('0812-3456-7890')
    await press(page, 'Simpan')
    await page.getByText('Profil sudah disimpan').waitFor()
    const picture = page.getByRole('img', { name: 'Foto profil Anda' })
    await page
      .getByLabel('Pilih foto')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') })
    await page.getByText('Foto ini tidak bisa dipakai').waitFor()
    await page
      .getByLabel('Pilih foto')
      .setInputFiles(fileURLToPath(new URL('public/icon-192.png', import.meta.url)))
    await page.getByText('Foto sudah diganti').waitFor()
    await page.reload()
    await picture.waitFor()
    assert.equal(await picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth), 192)
    await press(page, 'Hapus foto')
    await page.getByText('Foto sudah dihapus').waitFor()
    assert.equal(await picture.count(), 0)
    await page.goto(`${url}#/alamat/baru`)
    await heading(page, 'Alamat baru').waitFor()
    for (const field of await page.locator('main input').all()) {
      const isNumber = ['phone', 'post_id'].includes((await field.getAttribute('name')) ?? '')
      await field.fill(isNumber ? '10310' : 'Menteng')
    }
    await press(page, 'Simpan')
    await reads(page.locator('[data-problem=phone]'), /Periksa/)
    await page.getByLabel('Nomor telepon').fill('081234567890')
    await press(page, 'Simpan')
    await page.getByText('Utama').waitFor()
    await page.context().close()
  },
)

scene(
  'what has not left yet is taken back: a top-up, a payment, a withdrawal without a code',
  async (open) => {
    const person = await wallet.person({ balance: 100_000 })
    const page = await signedIn(open, person, 'isi')
    await press(page, 'Rp 50.000')
    await press(page, 'Lanjut ke pembayaran')
    await press(page, 'Batalkan')
    await page.locator('.badge', { hasText: 'Dibatalkan' }).waitFor()

    const { body: payment } = await wallet.post('/payments', {
      as: person,
      key: 'by-the-gateway',
      body: { method: 'XENDIT', payee: 'kopi_kita', amount: '25000' },
    })
    await page.goto(`${url}#/riwayat/${payment.id}`)
    await page.getByRole('link', { name: 'Buka halaman pembayaran' }).waitFor()
    await page.locator('.badge', { hasText: 'Menunggu' }).waitFor()
    await press(page, 'Batalkan')
    await page.locator('.badge', { hasText: 'Dibatalkan' }).waitFor()

    await wallet.change('payout.otp_required', false)
    await page.goto(`${url}#/tarik`)
    // At the simulated gateway such an account is accepted and goes no further.
    await page.getByLabel('Nomor rekening').fill('1234567409')
    await page.getByLabel('Nama pemilik').fill('Budi Santoso')
    await press(page, 'Simpan rekening')
    await page.getByLabel('Jumlah').fill('40.000')
    await press(page, 'Tarik dana')
    await page.getByText('Saldo tersedia Rp 60.000').waitFor()
    await wallet.change('payout.otp_required', true)
    // While it is being sent, it cannot be taken back.
    await until(async () => {
      const { status } = await wallet.owner.one<{ status: string }>(
        sql`select status from payout where username = ${person.username}`,
      )
      return status === 'ACCEPTED'
    })
    await press(page, 'Batalkan')
    await page.locator('.badge', { hasText: 'Dibatalkan' }).waitFor()
    await page.goto(`${url}#/`)
    await reads(page.locator('.balance'), /Saldo tersediaRp 100\.000/)
    await page.context().close()
  },
)

scene('a long history goes on by a button, without loss and without repeat', async (open) => {
  const person = await wallet.person()
  await wallet.owner.run(sql`
    insert into user_transaction (username, type, amount, status, src, invoice)
      select ${person.username}, 'TOPUP', 10000 + n, 'EXPIRED', 'XENDIT', 'OLD-' || n from generate_series(1, 45) n`)
  const page = await signedIn(open, person, 'riwayat')
  const sums = page.locator('.rows .sum')
  for (const count of [20, 40, 45]) {
    await sums.nth(count - 1).waitFor()
    assert.equal(await sums.count(), count)
    const more = page.getByRole('button', { name: 'Tampilkan lagi' })
    if (count < 45) await more.click()
    else await more.waitFor({ state: 'hidden' })
  }
  assert.equal(new Set(await sums.allTextContents()).size, 45)
  await page.context().close()
})

scene(
  'a forgotten password is replaced by a code, and a code may be asked for at each sign-in',
  async (open) => {
    const email = 'lupa@example.com'
    const person = {
      username: 'pelupa',
      email,
      first_name: 'Dewi',
      last_name: 'Lestari',
      password: 'kopi-susu-27',
    }
    const { body } = await wallet.post('/auth/register', { body: person })
    await wallet.call('PATCH', '/users/me', { as: { token: body.access_token }, body: { otp_login: true } })
    const page = await open.open(`${url}#/lupa`, PHONE)
    await page.getByLabel('Nama pengguna atau e-mail').fill(email)
    await press(page, 'Kirim kode')
    await enterCode(page, email)
    await press(page, 'Lanjut')
    await page.getByLabel('Kata sandi baru').fill('teh-manis-28')
    await press(page, 'Simpan')

    await heading(page, 'Masuk').waitFor()
    await page.getByLabel('Nama pengguna atau e-mail').fill('Pelupa')
    await page.getByLabel('Kata sandi').fill('teh-manis-28')
    await press(page, 'Masuk')
    await enterCode(page, email)
    await press(page, 'Masuk')
    await heading(page, 'Halo, Dewi').waitFor()
    assert.equal(await page.evaluate('localStorage.length'), 0, 'the session ends with the tab')
    await page.context().close()
  },
)

scene(
  'a session goes on in all its tabs when the access token ends, and ends everywhere at once',
  async (open) => {
    const person = await wallet.person({ balance: 12_500 })
    const [page, other] = [await signedIn(open, person, ''), await signedIn(open, person, '')]
    const twin = await page.context().newPage()
    await twin.goto(url)
    for (const each of [page, twin, other]) await reads(each.locator('.balance'), /Rp 12\.500/)
    await wallet.advance({ minutes: 16 })
    // Two tabs share one refresh token, which works once.
    await Promise.all(
      [page, twin].map(async (tab) => {
        await tab.goto(`${url}#/akun`)
        await reads(tab.locator('main'), new RegExp(person.username))
      }),
    )
    await press(page, 'Keluar dari semua perangkat')
    await heading(page, 'Masuk').waitFor()
    await heading(twin, 'Masuk').waitFor()
    await other.goto(`${url}#/riwayat`)
    await other.getByText('Sesi Anda sudah berakhir').waitFor()
    assert.equal(await other.evaluate('sessionStorage.length + localStorage.length'), 0)
    await Promise.all([page.context().close(), other.context().close()])
  },
)

scene('a duplicated tab and the first one go on together: new tokens are handed on', async (open) => {
  const person = await wallet.person({ balance: 12_500 })
  const { refresh_token: token } = await wallet.store.tokens.issue(person.username)
  const page = await open.open(`${url}#/masuk`, PHONE)
  await page.evaluate(`sessionStorage.setItem('wallet.refresh_token', '${token}')`)
  await page.goto(`${url}#/`)
  await reads(page.locator('.balance'), /Rp 12\.500/)
  // Like a duplicate, a window that a page opens of itself begins with a copy of the tab's storage.
  const [twin] = await Promise.all([page.waitForEvent('popup'), page.evaluate(`void open('${url}')`)])
  await reads(twin.locator('.balance'), /Rp 12\.500/)
  for (const path of ['akun', 'profil']) {
    await wallet.advance({ minutes: 16 })
    await Promise.all([page, twin].map((tab) => tab.goto(`${url}#/${path}`)))
    await heading(page, /Akun|Profil/).waitFor()
    await heading(twin, /Akun|Profil/).waitFor()
  }
  const kept = () =>
    Promise.all([page, twin].map((tab) => tab.evaluate(`sessionStorage.getItem('wallet.refresh_token')`)))
  await until(async () => new Set(await kept()).size === 1)
  assert.equal(await page.evaluate('localStorage.length'), 0)
  await page.context().close()
})

scene(
  'it can be installed, and opens without a network; answers of the API are kept nowhere',
  async (open) => {
    const person = await wallet.person({ balance: 12_500 })
    const page = await open.open(url, {
      viewport: PHONE.viewport,
      storageState: await sessionOf(person),
    })
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
    const client = await page.context().newCDPSession(page)
    assert.deepEqual((await client.send('Page.getInstallabilityErrors')).installabilityErrors, [])
    await page.reload()
    await reads(page.locator('.balance'), /Rp 12\.500/)
    const kept = await page.evaluate(`(async () => {
    const found = []
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname)
    return found
  })()`)
    assert.ok(Array.isArray(kept) && kept.includes('/userstate/'))
    assert.deepEqual(
      kept.filter((path) => String(path).includes('/v1/')),
      [],
    )
    await page.context().setOffline(true)
    await page.reload()
    await heading(page, 'Tidak tersambung').waitFor()
    await page.context().setOffline(false)
    await page
      .getByRole('button', { name: 'Coba lagi' })
      .evaluate((button: { click(): void }) => button.click())
    await reads(page.locator('.balance'), /Rp 12\.500/)
    await page.context().close()
  },
)

scene('whatever was done, no script failed and the policy refused nothing', async ({ complaints }) => {
  // Refusals of the API and answers that were cut off are noted by the browser too.
  assert.deepEqual(
    complaints.filter((each) => !/Failed to load resource/.test(each)),
    [],
  )
})
