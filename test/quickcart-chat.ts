/** People who chat with the shop's bot, for tests; the shop itself is quickcart-shop.ts. */

import type { SimMessage, Transcript } from '../src/gateways/telegram/simulator/index.ts'
import { systemCaller } from '../src/kernel/caller.ts'
import { wholeMoney } from '../src/kernel/money.ts'
import { replayInbox } from '../src/platform/inbox/inbox.ts'
import { sql } from '../src/postgres/sql.ts'
import { inTransaction } from '../src/postgres/transaction.ts'
import { createProduct } from '../src/systems/quickcart/catalog/create-product.ts'
import { addStock } from '../src/systems/quickcart/stock/add-stock.ts'
import { openShop, type Shop } from './quickcart-shop.ts'

let lastPerson = 200_000_000
let lastProduct = 100

/** At the top of a test file: `const shop = await openChatShop()`. */
export async function openChatShop(options?: Parameters<typeof openShop>[0]) {
  const shop = await openShop(options)
  const { store, telegram } = shop
  return {
    ...shop,
    /** Somebody new, who has not written yet. */
    person(name = 'Budi'): Person {
      lastPerson += 1
      telegram.addUser({ id: lastPerson, first_name: name })
      return new Person(shop, lastPerson)
    },
    /** What somebody did last is handled again, as after a crash between its effect and its end. */
    async crashedAfter({ id }: Person): Promise<void> {
      await shop.drain()
      const { last } = await store.db.one<{ last: bigint }>(sql`
        select max(id) as last from niaga.inbox where source = 'telegram' and queue = ${String(id)}`)
      if (!(await inTransaction(store.db, systemCaller, (tx) => replayInbox(tx, last)))) {
        throw new Error(`update ${last} is not done yet`)
      }
      await shop.drain()
    },
    /** A product with exactly these goods. */
    async goods(price: number, contents: readonly string[], category?: string): Promise<number> {
      lastProduct += 1
      const { id } = await createProduct(store, systemCaller, {
        id: lastProduct,
        name: `Produk ${lastProduct}`,
        customerPrice: wholeMoney('IDR', price),
        ...(category === undefined ? {} : { category }),
      })
      if (contents.length > 0) await addStock(store, systemCaller, { productId: id, contents })
      // The count from before the goods came is cached.
      await store.kv.delete([`stock_count:${id}`])
      return id
    },
  }
}

/** Somebody at the other end of the chat. */
export class Person {
  readonly id: number
  readonly #shop: Pick<Shop, 'owner' | 'telegram'>

  constructor(shop: Pick<Shop, 'owner' | 'telegram'>, id: number) {
    this.id = id
    this.#shop = shop
  }

  say(text: string): SimMessage {
    return this.#shop.telegram.sendText(this.id, text)
  }

  /** The bot's last message that fits; waits for it. */
  async sees(text: string | RegExp): Promise<SimMessage> {
    return await this.#shop.telegram.waitFor(this.id, (chat) => lastWith(chat, text))
  }

  /** Presses the last button with such data; waits for it. */
  async press(data: string | RegExp): Promise<SimMessage> {
    const { telegram } = this.#shop
    const [message, found] = await telegram.waitFor(this.id, (chat) => lastButton(chat, data))
    telegram.press(this.id, message.message_id, found)
    return message
  }

  transcript(): Transcript {
    return this.#shop.telegram.chat(this.id)
  }

  /** What the bot said, without what it took back. */
  heard(text: string | RegExp = ''): readonly SimMessage[] {
    return this.transcript().messages.filter((message) => fits(message, text))
  }

  /** Known to the shop, past the questions, with this much money. */
  async registered({
    balance = 0,
    role = 'customer',
  }: {
    balance?: number
    role?: string
  } = {}): Promise<this> {
    await this.#shop.owner.db.run(sql`
      insert into users (id, name, bank_id, account_balance, member_status)
        values (${this.id}, 'Budi', ${String(this.id).slice(-6)}, ${balance}, ${role})`)
    return this
  }
}

function fits(message: SimMessage, text: string | RegExp): boolean {
  const said = message.text ?? message.caption ?? ''
  return message.from.is_bot && (typeof text === 'string' ? said.includes(text) : text.test(said))
}

function lastWith({ messages }: Transcript, text: string | RegExp): SimMessage | undefined {
  return messages.findLast((message) => fits(message, text))
}

function lastButton({ messages }: Transcript, data: string | RegExp): [SimMessage, string] | undefined {
  const isIt = (given: string) => (typeof data === 'string' ? given === data : data.test(given))
  for (const message of messages.toReversed()) {
    const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
    const found = buttons.find((button) => button.callback_data !== undefined && isIt(button.callback_data))
    if (found?.callback_data !== undefined) return [message, found.callback_data]
  }
  return undefined
}
