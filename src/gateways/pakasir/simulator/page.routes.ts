/** Two pages: where a person pays (Indonesian), and where a person plays gateway (English). */
import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import QRCode from 'qrcode'
import { type Money, wholeMoney } from '../../../kernel/money.ts'
import { MAX_WHOLE } from '../amounts.ts'
import { checkoutPage } from './checkout-page.ts'
import { Html } from './html.ts'
import { indexPage, transactionList } from './index-page.ts'
import { messagePage } from './layout.ts'
import type { PakasirSimulator } from './simulator.ts'
import { type SimulatedTransaction, SimulatorRefusal } from './transactions.ts'

const ASSETS = {
  'pay.css': 'text/css; charset=utf-8',
  'checkout.js': 'text/javascript; charset=utf-8',
  'control.js': 'text/javascript; charset=utf-8',
}
// No inline script or style anywhere; a QR or a name can therefore never become one.
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

interface PayPage {
  Params: { slug: string; amount: string }
  Querystring: { order_id?: string; redirect?: string }
}

export async function pageRoutes(app: FastifyInstance, simulator: PakasirSimulator): Promise<void> {
  for (const [name, type] of Object.entries(ASSETS)) {
    const content = await readFile(new URL(`public/${name}`, import.meta.url))
    app.get(`/assets/${name}`, async (_, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(content),
    )
  }
  app.get('/', async ({ url }, reply) => {
    const path = url.split('?')[0] ?? '/'
    // Relative links need the slash at the end.
    if (!path.endsWith('/')) return reply.redirect(`${path.slice(path.lastIndexOf('/') + 1)}/`)
    return page(reply, indexPage(simulator))
  })
  app.get('/_sim/list', async (_, reply) => page(reply, transactionList(simulator)))
  payRoutes(app, simulator)
}

function payRoutes(app: FastifyInstance, simulator: PakasirSimulator): void {
  app.get<PayPage>('/pay/:slug/:amount', async ({ params, query }, reply) => {
    try {
      // Like the real page, it also starts what the API has not created yet.
      const { orderId, amount } = asked(simulator, params, query.order_id)
      const transaction = simulator.create(orderId, amount)
      const qr = new Html(await QRCode.toString(transaction.qrString, { type: 'svg', margin: 0 }))
      return page(reply, checkoutPage(simulator, transaction, { qr, back: backLink(query.redirect) }))
    } catch (error) {
      if (!(error instanceof SimulatorRefusal)) throw error
      return page(reply.code(error.status), messagePage('Tagihan tidak dapat dibuka', error.message))
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

/** Only the web: a `javascript:` link would run here. */
function backLink(redirect: string | undefined): string | undefined {
  return redirect && /^https?:\/\//i.test(redirect) && URL.canParse(redirect) ? redirect : undefined
}

function page(reply: FastifyReply, content: Html): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', CSP)
    .header('cache-control', 'no-store')
    .send(content.text)
}
