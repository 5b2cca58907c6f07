/** The five public endpoints, with the gateway's shapes (QuickCart, section 7.4), and its bad days. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { wholeMoney } from '../../../kernel/money.ts'
import { MAX_WHOLE, toWhole } from '../../amounts.ts'
import { servingWith } from '../../simulation/endpoints.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { type Endpoint, jakartaTime, type PakasirSimulator } from './simulator.ts'
import type { SimulatedTransaction } from './transactions.ts'

const order = Type.Object({
  project: Type.String(),
  order_id: Type.String({ minLength: 1, maxLength: 100 }),
  amount: Type.Integer({ minimum: 1, maximum: MAX_WHOLE }),
  api_key: Type.String(),
})
const isOrder = Compile(order)
type Order = Static<typeof order>

export function apiRoutes(app: FastifyInstance, simulator: PakasirSimulator): void {
  const answerAs = servingWith(app, simulator.faults, {
    tooManyRequests: 'too_many_requests',
    serverError: 'internal',
    rejected: 'rejected',
  })
  const serve = (endpoint: Endpoint, answer: (order: Order) => object) => {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const asked = () => checked(simulator, endpoint === 'detail' ? ofQuery(request) : request.body)
      return answerAs(endpoint, reply, () => answer(asked()))
    }
  }
  const find = (order: Order) => simulator.find(order.order_id, wholeMoney('IDR', order.amount))
  app.post(
    '/api/transactioncreate/qris',
    serve('create', (order) => ({
      payment: paymentOf(simulator, simulator.create(order.order_id, wholeMoney('IDR', order.amount))),
    })),
  )
  app.get(
    '/api/transactiondetail',
    serve('detail', (order) => ({
      transaction: transactionOf(simulator, find(order)),
    })),
  )
  app.post(
    '/api/transactioncancel',
    serve('cancel', (order) => {
      simulator.cancel(find(order).orderId)
      return { success: true }
    }),
  )
  app.post(
    '/api/paymentsimulation',
    serve('simulate', (order) => {
      simulator.pay(find(order).orderId)
      return { success: true }
    }),
  )
}

function checked(simulator: PakasirSimulator, asked: unknown): Order {
  if (!isOrder.Check(asked)) {
    throw new SimulatorRefusal(
      400,
      'bad_request',
      'project, order_id, amount (a whole number) and api_key are required',
    )
  }
  if (asked.project !== simulator.project || asked.api_key !== simulator.apiKey) {
    throw new SimulatorRefusal(401, 'unauthorized', 'The project or the API key is wrong')
  }
  return asked
}

/** Query parameters are text; the amount is a number in the bodies. */
function ofQuery({ query }: FastifyRequest): unknown {
  if (typeof query !== 'object' || query === null || !('amount' in query)) return query
  return { ...query, amount: /^\d{1,15}$/.test(String(query.amount)) ? Number(query.amount) : query.amount }
}

function paymentOf(simulator: PakasirSimulator, transaction: SimulatedTransaction) {
  return {
    project: simulator.project,
    order_id: transaction.orderId,
    amount: toWhole(transaction.amount),
    fee: Number(transaction.fee / 100n),
    total_payment: toWhole(transaction.total),
    payment_method: 'qris',
    payment_number: transaction.qrString,
    // With nanoseconds, as the real one answers here.
    expired_at: transaction.expiresAt.toISOString().replace('Z', '622564Z'),
  }
}

function transactionOf(simulator: PakasirSimulator, transaction: SimulatedTransaction) {
  const { completedAt } = transaction
  return {
    amount: toWhole(transaction.reportedAmount),
    order_id: transaction.orderId,
    project: simulator.project,
    status: simulator.status(transaction),
    payment_method: 'qris',
    completed_at: completedAt ? jakartaTime(completedAt) : null,
  }
}
