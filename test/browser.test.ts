/** What a person sees and does, in a real browser against the started application. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { urlVariable } from '../src/app/configuration.ts'
import { auditsDatabase as shopAudits, storeDatabase } from '../src/systems/quickcart/databases.ts'
import { auditsDatabase as walletAudits, walletDatabase } from '../src/systems/userstate/databases.ts'
import { Chatter, noBrowser, openBrowser, reads } from './browser.ts'
import { cloneDatabase, dropDatabase } from './database.ts'
import { houseFolder, stopHouse } from './house.ts'

const stage = noBrowser ? undefined : await setUp()
after(() => stage?.close())

async function setUp() {
  const folder = await houseFolder()
  // On clones: how a house starts from nothing is what start.test.ts proves.
  const clones = await Promise.all(
    [storeDatabase, shopAudits, walletDatabase, walletAudits].map(async (manifest) => ({
      variable: urlVariable(manifest.name),
      url: await cloneDatabase(manifest),
    })),
  )
  const house = await folder.start(Object.fromEntries(clones.map(({ variable, url }) => [variable, url])))
  const browser = await openBrowser()
  return {
    url: house.url,
    browser,
    /** Somebody's own window of the Telegram simulator. */
    async as(name: 'Budi' | 'Rina' | 'Admin'): Promise<Chatter> {
      const page = await browser.open(`${house.url}/sim/telegram/`)
      await page.getByRole('button', { name }).click()
      return new Chatter(page)
    },
    async close() {
      await browser.close()
      await stopHouse(house)
      await folder.remove()
      for (const { url } of clones) await dropDatabase(url)
    },
  }
}

/** A test that has the house and the browser, or says why it is skipped. */
function scene(
  title: string,
  play: (on: NonNullable<typeof stage>, note: (text: string) => void) => Promise<void>,
) {
  test(title, { skip: noBrowser }, async (t) => {
    assert.ok(stage)
    await play(stage, (text) => t.diagnostic(text))
  })
}

scene(
  'from the front page to the goods by QRIS, and the money and the record verified',
  async ({ url, browser }, note) => {
    const front = await browser.open(`${url}/`)
    await front.getByText('No order is paid yet').waitFor()
    await front.getByRole('link', { name: 'Open Telegram' }).click()
    const budi = new Chatter(front)
    await front.getByRole('button', { name: 'START', exact: true }).click()
    await budi.sees('Selamat datang')
    await budi.press('Semua Produk')
    await budi.sees('Netflix Premium 1 Bulan')
    await budi.press(/^1$/)
    await budi.sees('Jumlah: 1')
    await budi.press('➕')
    await budi.sees('Jumlah: 2')
    await budi.press('Lanjut ke pembayaran')
    await budi.sees('Ringkasan pesanan')
    await budi.press('QRIS')
    await budi.sees('Pembayaran QRIS')

    const opened = front.waitForEvent('popup')
    await budi.press('Checkout Page')
    const checkout = await opened
    const pay = checkout.getByRole('button', { name: 'Bayar sekarang' })
    await pay.waitFor()
    const paid = performance.now()
    await pay.click()
    const goods = await budi.sees('✅ Pembayaran diterima')
    const ms = performance.now() - paid
    note(`from the press of the pay button to the goods in the chat: ${ms.toFixed(0)} ms`)
    assert.match((await goods.textContent()) ?? '', /DEMO-1-\d: .*\n.*DEMO-1-\d: /)
    await checkout.getByText('Pembayaran berhasil').waitFor()

    await front.goto(`${url}/`)
    const main = front.locator('main')
    await reads(main, /Ledger verified[\s\S]*Audit verified/)
    await reads(main, /The newest paid order, TRX/)
    await reads(main, /gateway\.pakasir → sales\s*Rp 60\.000/)
    await reads(main, /Chain verified up to row \d+/)
  },
)

scene('a reseller pays from the balance at the reseller’s price', async ({ as }) => {
  const rina = await as('Rina')
  await rina.page.getByRole('button', { name: 'START', exact: true }).click()
  await rina.sees('Selamat datang')
  await rina.say('2')
  await rina.sees('Spotify Premium 3 Bulan')
  await rina.press('Lanjut ke pembayaran')
  await rina.sees('SALDO: Rp 40.000 (saldo kamu Rp 150.000)')
  await rina.press('SALDO')
  await rina.sees(/✅ Pembayaran diterima[\s\S]*DEMO-2-/)
  await rina.page.getByRole('button', { name: 'AKUN' }).click()
  await rina.sees('Saldo: Rp 110.000')
})

scene('pay pressed twice in two windows, both reloaded: the goods come once', async ({ as, browser }) => {
  const budi = await as('Budi')
  await budi.say('3')
  await budi.sees('Canva Pro 1 Tahun')
  await budi.press('Lanjut ke pembayaran')
  await budi.sees(/Ringkasan pesanan[\s\S]*Canva/)
  await budi.press('QRIS')
  await budi.sees(/Pembayaran QRIS[\s\S]*Canva/)
  const address = (await budi.button('Checkout Page').getAttribute('href')) ?? ''
  const windows = await Promise.all([browser.open(address), browser.open(address)])
  await Promise.all(windows.map((page) => page.locator('[data-send=pay]').waitFor()))
  await Promise.all(
    windows.map(async (page) => {
      // Pressed where it is, shown or not: the other window may be paid, and the button gone, before a mouse gets there.
      await page.locator('[data-send=pay]').evaluate((button: { click(): void }) => {
        button.click()
        button.click()
      })
      await page.getByText('Pembayaran berhasil').waitFor()
      await page.reload()
      await page.getByText('Pembayaran berhasil').waitFor()
    }),
  )
  await budi.sees(/✅ Pembayaran diterima[\s\S]*DEMO-3-/)
  await budi.page.reload()
  await budi.sees(/✅ Pembayaran diterima[\s\S]*DEMO-3-/)
  assert.equal(await budi.heard('DEMO-3-').count(), 1)
})

scene('two windows race for the last item: one has it, the other is told', async ({ as }) => {
  const [admin, budi, rina] = [await as('Admin'), await as('Budi'), await as('Rina')]
  await admin.say('/add 77|Satu-satunya|-|1000|-')
  await admin.sees('ditambahkan')
  await admin.say('/addstock 77|BARANG-TERAKHIR')
  await admin.sees('1 ditambahkan')

  for (const buyer of [budi, rina]) {
    await buyer.say('77')
    await buyer.sees(/Satu-satunya[\s\S]*Stok: 1/)
    await buyer.press('Lanjut ke pembayaran')
    await buyer.sees(/Ringkasan pesanan[\s\S]*Satu-satunya/)
  }
  await Promise.all([budi.press('QRIS'), rina.press('SALDO')])
  const outcomes = await Promise.all(
    [budi, rina].map(async (buyer) => {
      const message = await buyer.sees(/Stok tidak cukup|Pembayaran QRIS[\s\S]*Satu-satunya|BARANG-TERAKHIR/)
      return /Stok tidak cukup/.test((await message.textContent()) ?? '') ? 'told' : 'has it'
    }),
  )
  assert.deepEqual(outcomes.toSorted(), ['has it', 'told'])
})

scene('a customer writes, the admin replies, the customer reads it; a broadcast arrives', async ({ as }) => {
  const [budi, admin] = [await as('Budi'), await as('Admin')]
  await budi.say('KIRIM PESAN')
  await budi.sees('Kirim pesan ke admin')
  await budi.say('Kapan stok datang?')
  await budi.sees('sudah sampai di admin')
  const copy = await admin.sees('Kapan stok datang?')
  await copy.hover()
  await copy.getByRole('button', { name: 'Reply to this message' }).click()
  await admin.say('Besok pagi')
  await budi.sees(/Pesan dari admin[\s\S]*Besok pagi/)
  await admin.say('/broadcast Toko buka 24 jam')
  await admin.sees('Begini broadcast akan terlihat')
  await admin.press('Kirim Broadcast')
  await budi.sees('Toko buka 24 jam')
})

scene('no page makes the browser complain', async ({ url, browser }) => {
  // The last thing that its scripts put on each: by then whatever was to break is broken.
  const pages: [path: string, appears: (page: Page) => Locator][] = [
    ['/', (page) => page.getByRole('link', { name: 'Open Telegram' })],
    ['/reference/', (page) => page.getByText('/health/ready').first()],
    ['/errors', (page) => page.getByText('validation_failed').first()],
    ['/sim/telegram/', (page) => page.getByRole('button', { name: 'Budi' })],
    ['/sim/telegram/together.html', (page) => page.frameLocator('iframe').last().getByRole('textbox')],
    ['/userstate/', (page) => page.getByRole('heading', { name: 'Masuk' })],
    ['/sim/pakasir/', (page) => page.getByRole('heading', { level: 1 })],
  ]
  for (const [path, appears] of pages) {
    const page = await browser.open(`${url}${path}`)
    await appears(page).waitFor()
    await page.context().close()
  }
  // Whoever pays second is refused, which the browser notes too.
  const refusal = /\/sim\/pakasir\/pay\/.*status of 400/
  assert.deepEqual(
    browser.complaints.filter((each) => !refusal.test(each)),
    [],
  )
})
