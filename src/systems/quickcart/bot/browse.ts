/** Looking around (QuickCart, UC 2): categories, lists, best sellers, one product and how many of it. */
import {
  bestSellers,
  findProduct,
  listCategories,
  type ProductView,
  productPage,
  productsBeside,
} from '../catalog/browse.ts'
import { topBuyers } from '../shop/stats.ts'
import { categoryKey } from '../telegram/category-key.ts'
import {
  bestSellerList,
  categoryList,
  productCard,
  productList,
  topBuyerList,
} from '../telegram/messages/catalog.ts'
import { categoryLabel } from '../telegram/messages/wording.ts'
import { cartOf } from './cart.ts'
import { answered, type ButtonHandler, type CommandHandler, STALE } from './handlers.ts'
import { type Listing, pageSize, remember, turnPage } from './pages.ts'
import type { Turn } from './turn.ts'

const MAX_QUANTITY = 100
/** What fits into the products' ids (PostgreSQL integer). */
const MAX_PRODUCT_ID = 2_147_483_647

export async function showCategories(turn: Turn): Promise<void> {
  turn.show(categoryList(await listCategories(turn.store)))
}

export async function showAll(turn: Turn, page: number, title = 'Semua Produk'): Promise<void> {
  const found = await turnPage(turn, products(turn, 'all'), page)
  turn.show(productList(title, found, (n) => `page:all:${n}`))
}

/** Digits typed into the chat are a product's number. */
export async function showProduct(turn: Turn, id: number): Promise<void> {
  const product = await findProduct(turn.store, Math.min(id, MAX_PRODUCT_ID), turn.user.role)
  showCard(turn, product, 1)
}

export const browseCommands: readonly CommandHandler[] = [
  { command: 'stock', description: 'produk dan stok', run: (turn) => showAll(turn, 1, 'Stok') },
]

export const browseButtons: readonly ButtonHandler[] = [
  { pattern: /^menu:categories$/, run: answered(showCategories) },
  { pattern: /^menu:best$/, run: answered(showBest) },
  { pattern: /^stats:top_buyers$/, run: answered(showTopBuyers) },
  { pattern: /^menu:all$/, run: answered((turn) => showAll(turn, 1)) },
  { pattern: /^page:all:(\d{1,6})$/, run: answered((turn, [page]) => showAll(turn, Number(page))) },
  { pattern: /^page:best:\d{1,6}$/, run: answered(showBest) },
  { pattern: /^(?:cat:|page:cat-)([0-9a-f]{8}):(\d{1,6})$/, run: showCategory },
  { pattern: /^product:(\d{1,10})$/, run: answered((turn, [id]) => showProduct(turn, Number(id))) },
  { pattern: /^qty:(-1|1|2|5|10)$/, run: changeQuantity },
  { pattern: /^noop$/, run: answered(async () => undefined) },
]

async function showBest(turn: Turn): Promise<void> {
  const items = await bestSellers(turn.store, turn.user.role)
  await remember(
    turn,
    { context: 'best', keyOf: ({ id }: ProductView) => id },
    { items, page: 1, totalPages: 1 },
  )
  turn.show(bestSellerList(items))
}

/** All, or those of one category. */
function products(turn: Turn, context: string, category?: string): Listing<ProductView> {
  const { store, user } = turn
  const list = { role: user.role, ...(category === undefined ? {} : { category }) }
  const size = pageSize(turn)
  return {
    context,
    keyOf: ({ id }) => id,
    open: (page) => productPage(store, { ...list, page, size }),
    beside: (way, id) => productsBeside(store, { ...list, way, id: Number(id), limit: size }),
  }
}

async function showTopBuyers(turn: Turn): Promise<void> {
  turn.show(topBuyerList(await topBuyers(turn.store)))
}

/** The button carries a digest; a category that was renamed meanwhile answers to it no longer. */
async function showCategory(turn: Turn, [key = '', page]: readonly string[]): Promise<void> {
  const category = (await listCategories(turn.store)).find(({ name }) => categoryKey(name) === key)
  if (!category) return turn.answerPress(STALE)
  turn.answerPress()
  const found = await turnPage(turn, products(turn, `cat-${key}`, category.name), Number(page))
  turn.show(productList(categoryLabel(category.name), found, (n) => `cat:${key}:${n}`))
}

async function changeQuantity(turn: Turn, [step]: readonly string[]): Promise<void> {
  const cart = cartOf(turn)
  if (!cart) return turn.answerPress(STALE)
  turn.answerPress()
  const product = await findProduct(turn.store, cart.productId, turn.user.role)
  showCard(turn, product, cart.quantity + Number(step))
}

/** From here the cart is this product, and the card's message the only one whose buttons change it. */
function showCard(turn: Turn, product: ProductView, wanted: number): void {
  const quantity = Math.max(1, Math.min(wanted, product.stockCount, MAX_QUANTITY))
  const place =
    turn.press?.messageId !== undefined
      ? { message_id: turn.press.messageId }
      : { after_message_id: turn.messageId ?? 0 }
  turn.remember({
    flow: 'ordering',
    state: 'selecting_quantity',
    context: { product_id: product.id, quantity, ...place },
  })
  turn.show(productCard(product, quantity))
}
