/** The five public endpoints, with the gateway's shapes (QuickCart, section 7.4), and its bad days. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { wholeMoney } from '../../../kernel/money.ts'
import { MAX_WHOLE, toWhole } from '../amounts.ts'
import type { Endpoint, FaultKind } from './faults.ts'
import { jakartaTime, type PakasirSimulator } from './simulator.ts'
import { type SimulatedTransaction, SimulatorRefusal } from './transactions.ts'

const order = Type.Object({
  project: Type.String(),
  order_id: Type.String({ minLength: 1, maxLength: 100 }),
  amount: Type.Integer({ minimum: 1, maximum: MAX_WHOLE }),
  api_key: Type.String(),
})
const isOrder = Compile(order)
type Order = Static<typeof order>

export function apiRoutes(app: FastifyInstance, simulator: PakasirSimulator): void {
  const hung = new Set<FastifyReply>()
  app.addHook('preClose', async () => {
    for (const reply of hung) reply.raw.destroy()
  })
  const serve = (endpoint: Endpoint, answer: (order: Order) => object) => {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const work = () => answer(checked(simulator, endpoint === 'detail' ? ofQuery(request) : request.body))
      const fault = simulator.faults.take(endpoint)
      return fault ? misbehave(fault, work, reply, hung) : work()
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

function misbehave(fault: FaultKind, work: () => object, reply: FastifyReply, hung: Set<FastifyReply>) {
  switch (fault) {
    case 'too_many_requests':
      return reply.code(429).send({ error: 'Too many requests', code: 'too_many_requests' })
    case 'server_error':
      return reply.code(500).send({ error: 'Internal server error', code: 'internal' })
    case 'malformed':
      return reply.type('text/html').send('<h1>Be right back</h1>')
    case 'outage':
      reply.hijack()
      reply.raw.destroy()
      return reply
    case 'timeout_after_effect':
      work()
      break
    case 'timeout':
      break
  }
  reply.hijack()
  hung.add(reply)
  reply.raw.once('close', () => hung.delete(reply))
  return reply
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
