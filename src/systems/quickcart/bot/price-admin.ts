/** Discounts and reseller prices from the chat (QuickCart, §7.3). */
import { rupiah, wholeMoney } from '../../../kernel/money.ts'
import { type Discount, type DiscountTarget, removeDiscount, setDiscount } from '../catalog/discounts.ts'
import { updateProduct } from '../catalog/update-product.ts'
import { type Html, html } from '../telegram/html.ts'
import { categoryLabel, categoryNamed } from '../telegram/messages/wording.ts'
import { fields, readProductId } from './admin-arguments.ts'
import { productTarget } from './catalog-admin.ts'
import type { AdminAction, AdminCommand } from './handlers.ts'

export const priceCommands: readonly AdminCommand[] = [
  {
    command: 'disc',
    description: 'diskon produk',
    syntax: '/disc id|10% atau /disc id|5000 (0 menghapus)',
    example: '/disc 101|10%',
    read(argument) {
      const [product, value = ''] = fields(argument, 2) ?? []
      const id = readProductId(product)
      if (id === undefined) return undefined
      const action = discountAction({ product: id }, value, html`Produk <b>${id}</b>`)
      return action && { ...action, target: productTarget(id), arguments: argument }
    },
  },
  {
    command: 'discat',
    description: 'diskon kategori',
    syntax: '/discat kategori|15% atau /discat kategori|5000 (0 menghapus)',
    example: '/discat Streaming|15%',
    read(argument) {
      const [label = '', value = ''] = fields(argument, 2) ?? []
      const category = categoryNamed(label)
      const name = html`Kategori <b>${categoryLabel(category)}</b>`
      const action = category === '' ? undefined : discountAction({ category }, value, name)
      return action && { ...action, arguments: argument }
    },
  },
  {
    command: 'priceress',
    description: 'harga reseller',
    syntax: '/priceress id|harga (- menghapus)',
    example: '/priceress 101|20000',
    read: setResellerPrice,
  },
]

function discountAction(
  target: DiscountTarget,
  text: string,
  name: Html,
): Pick<AdminAction, 'run'> | undefined {
  if (/^0+%?$/.test(text)) {
    return {
      async run({ store, caller }) {
        const removed = await removeDiscount(store, caller, target)
        return { text: removed ? html`${name}: diskon dihapus.` : html`${name} tidak punya diskon.` }
      },
    }
  }
  const discount = readDiscount(text)
  return (
    discount && {
      async run({ store, caller }) {
        await setDiscount(store, caller, target, discount)
        return { text: html`${name}: diskon ${said(discount)} berlaku sekarang.` }
      },
    }
  )
}

/** "10%" or "5000". */
function readDiscount(text: string): Discount | undefined {
  const [, value = '', percent] = /^(\d{1,9})\s*(%?)$/.exec(text) ?? []
  if (value === '' || (percent === '%' && Number(value) > 100)) return undefined
  return { kind: percent === '%' ? 'percent' : 'nominal', value: wholeMoney('IDR', BigInt(value)) }
}

function said({ kind, value }: Discount): string {
  return kind === 'percent' ? `${value / 100n}%` : rupiah(value)
}

function setResellerPrice(argument: string): AdminAction | undefined {
  const [product, price = ''] = fields(argument, 2) ?? []
  const id = readProductId(product)
  if (id === undefined || !/^(-|\d{1,12})$/.test(price)) return undefined
  const resellerPrice = price === '-' ? null : wholeMoney('IDR', BigInt(price))
  return {
    target: productTarget(id),
    arguments: argument,
    async run({ store, caller }) {
      await updateProduct(store, caller, id, { resellerPrice })
      const text =
        resellerPrice === null
          ? html`Produk <b>${id}</b>: harga reseller dihapus.`
          : html`Produk <b>${id}</b>: harga reseller ${rupiah(resellerPrice)}.`
      return { text }
    },
  }
}
