/** Two pages: where a person pays (Indonesian), and where a person plays gateway (English). */
import type { FastifyInstance } from 'fastify'
import QRCode from 'qrcode'
import { type Money, wholeMoney } from '../../../kernel/money.ts'
import { raw } from '../../../platform/http/html.ts'
import { MAX_WHOLE } from '../../amounts.ts'
import { messagePage } from '../../simulation/layout.ts'
import { operatorPages, sendPage, webAddress } from '../../simulation/pages.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { checkoutPage } from './checkout-page.ts'
import { indexPage, transactionList } from './index-page.ts'
import type { PakasirSimulator } from './simulator.ts'
import type { SimulatedTransaction } from './transactions.ts'

interface PayPage {
  Params: { slug: string; amount: string }
  Querystring: { order_id?: string; redirect?: string }
}

export function pageRoutes(app: FastifyInstance, simulator: PakasirSimulator): void {
  operatorPages(app, { index: () => indexPage(simulator), list: () => transactionList(simulator) })
  payRoutes(app, simulator)
}

function payRoutes(app: FastifyInstance, simulator: PakasirSimulator): void {
  app.get<PayPage>('/pay/:slug/:amount', async ({ params, query }, reply) => {
    try {
      // Like the real page, it also starts what the API has not created yet.
      const { orderId, amount } = asked(simulator, params, query.order_id)
      const transaction = simulator.create(orderId, amount)
      const qr = raw(await QRCode.toString(transaction.qrString, { type: 'svg', margin: 0 }))
      return sendPage(reply, checkoutPage(simulator, transaction, { qr, back: webAddress(query.redirect) }))
    } catch (error) {
      if (!(error instanceof SimulatorRefusal)) throw error
      return sendPage(
        reply.code(error.status),
        messagePage('../../', 'Tagihan tidak dapat dibuka', error.message),
      )
    }
  })
  app.get<PayPage>('/pay/:slug/:amount/status', async ({ params, query }) => {
    const { orderId, amount } = asked(simulator, params, query.order_id)
    return live(simulator, simulator.find(orderId, amount))
  })
  app.post<PayPage>('/pay/:slug/:amount/pay', async ({ params, query }) => {
    const { orderId, amount } = asked(simulator, params, query.order_id)
    return live(simulator, simulator.pay(simulator.find(orderId, amount).orderId))
  })
}

/** What the page follows; instants in ms, since the simulator's clock is not the browser's. */
function live(simulator: PakasirSimulator, transaction: SimulatedTransaction) {
  return {
    status: simulator.status(transaction),
    now: simulator.now().getTime(),
    expires_at: transaction.expiresAt.getTime(),
  }
}

/** @throws SimulatorRefusal where the address names no payable order of this project */
function asked(
  simulator: PakasirSimulator,
  params: PayPage['Params'],
  orderId: string | undefined,
): { orderId: string; amount: Money<'IDR'> } {
  if (params.slug !== simulator.project)
    throw new SimulatorRefusal(404, 'not_found', 'Proyek tidak ditemukan')
  const whole = /^\d{1,12}$/.test(params.amount) ? Number(params.amount) : 0
  if (whole < 1 || whole > MAX_WHOLE || typeof orderId !== 'string' || !/^.{1,100}$/.test(orderId)) {
    throw new SimulatorRefusal(400, 'bad_request', 'Alamat pembayaran tidak lengkap')
  }
  return { orderId, amount: wholeMoney('IDR', whole) }
}
