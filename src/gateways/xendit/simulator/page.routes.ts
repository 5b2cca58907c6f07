/** Two pages: where a person pays an invoice (Indonesian), and where a person plays gateway (English). */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { readerOf, strict } from '../../simulation/control-bodies.ts'
import { messagePage } from '../../simulation/layout.ts'
import { operatorPages, sendPage } from '../../simulation/pages.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { METHODS } from './channels.ts'
import { checkoutPage, liveState } from './checkout-page.ts'
import { indexPage, objectList } from './index-page.ts'
import type { XenditSimulator } from './simulator.ts'

interface PayPage {
  Params: { id: string }
}

const readChoice = readerOf(Type.Object({ method: Type.Optional(Type.Enum([...METHODS])) }, strict))

export function pageRoutes(app: FastifyInstance, simulator: XenditSimulator): void {
  operatorPages(app, { index: () => indexPage(simulator), list: () => objectList(simulator) })
  const live = (id: string) => liveState(simulator, simulator.invoices.get(id))
  app.get<PayPage>('/pay/:id', async ({ params }, reply) => {
    try {
      return sendPage(reply, checkoutPage(simulator, simulator.invoices.get(params.id)))
    } catch (error) {
      if (!(error instanceof SimulatorRefusal)) throw error
      const text = 'Periksa kembali alamatnya, atau buat tagihan baru.'
      return sendPage(reply.code(error.status), messagePage('../', 'Tagihan tidak ditemukan', text))
    }
  })
  app.get<PayPage>('/pay/:id/status', async ({ params }) => live(params.id))
  app.post<PayPage>('/pay/:id/pay', async ({ params, body }) => {
    simulator.pay(params.id, readChoice(body))
    return live(params.id)
  })
  app.post<PayPage>('/pay/:id/expire', async ({ params }) => {
    simulator.invoices.expire(params.id)
    return live(params.id)
  })
}
