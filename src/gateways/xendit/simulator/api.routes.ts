/** The gateway's public endpoints, with its shapes, refusals and bad days (UserState, section 7.1). */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sameSecret } from '../../../platform/crypto/field-keys.ts'
import { type Serve, servingWith } from '../../simulation/endpoints.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { readNewInvoice, readNewPayout } from './api.bodies.ts'
import { CHANNELS } from './channels.ts'
import type { SimulatedInvoice } from './records.ts'
import type { Endpoint, XenditSimulator } from './simulator.ts'
import { invoiceAnswer, payoutAnswer } from './views.ts'

export function apiRoutes(app: FastifyInstance, simulator: XenditSimulator): void {
  const serve = servingWith(app, simulator.faults, {
    tooManyRequests: 'RATE_LIMIT_EXCEEDED',
    serverError: 'SERVER_ERROR',
    rejected: 'API_VALIDATION_ERROR',
  })
  const admitted: Admitted = (endpoint, work) => (request, reply) => {
    checkKey(simulator, request)
    return serve(endpoint, reply, () => work(request))
  }
  invoiceRoutes(app, simulator, admitted)
  payoutRoutes(app, simulator, admitted)
  app.get(
    '/balance',
    admitted('balance', () => ({ balance: simulator.balance })),
  )
  app.get(
    '/payouts_channels',
    admitted('balance', () => CHANNELS),
  )
}

type Admitted = (
  endpoint: Endpoint,
  work: (request: FastifyRequest) => object,
) => (request: FastifyRequest, reply: FastifyReply) => ReturnType<Serve<Endpoint>>

function invoiceRoutes(app: FastifyInstance, simulator: XenditSimulator, admitted: Admitted): void {
  const { invoices } = simulator
  const answer = (invoice: SimulatedInvoice) =>
    invoiceAnswer(invoice, simulator.merchant, simulator.publicUrl)
  app.post(
    '/v2/invoices',
    admitted('create_invoice', ({ body }) => answer(invoices.create(readNewInvoice(body)))),
  )
  app.get(
    '/v2/invoices',
    admitted('get_invoice', (request) => invoices.of(queryOf(request, 'external_id')).map(answer)),
  )
  app.get(
    '/v2/invoices/:id',
    admitted('get_invoice', (request) => answer(invoices.get(idOf(request)))),
  )
  // "expire!" is part of the address.
  app.post(
    '/invoices/:id/expire!',
    admitted('expire_invoice', (request) => answer(invoices.expire(idOf(request)))),
  )
}

function payoutRoutes(app: FastifyInstance, simulator: XenditSimulator, admitted: Admitted): void {
  const { payouts } = simulator
  app.post(
    '/v2/payouts',
    admitted('create_payout', ({ headers, body }) => {
      const key = headers['idempotency-key']
      if (typeof key !== 'string' || key.length < 1 || key.length > 100) {
        throw new SimulatorRefusal(
          400,
          'API_VALIDATION_ERROR',
          'Idempotency-key of 1 to 100 characters is required',
        )
      }
      const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex')
      return payoutAnswer(payouts.create(key, hash, readNewPayout(body)))
    }),
  )
  app.get(
    '/v2/payouts',
    admitted('get_payout', (request) => ({
      data: payouts.of(queryOf(request, 'reference_id')).map(payoutAnswer),
      has_more: false,
      links: [],
    })),
  )
  app.get(
    '/v2/payouts/:id',
    admitted('get_payout', (request) => payoutAnswer(payouts.get(idOf(request)))),
  )
  app.post(
    '/v2/payouts/:id/cancel',
    admitted('cancel_payout', (request) => payoutAnswer(payouts.cancel(idOf(request)))),
  )
}

/** HTTP Basic: the secret key as user, no password. */
function checkKey({ secretKey }: XenditSimulator, { headers }: FastifyRequest): void {
  const expected = `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`
  if (sameSecret(headers.authorization ?? '', expected)) return
  throw new SimulatorRefusal(401, 'INVALID_API_KEY', 'API key is not authorized for this API service')
}

function idOf({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : ''
}

function queryOf({ query }: FastifyRequest, name: string): string {
  const value: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, name) : undefined
  if (typeof value === 'string' && value !== '') return value
  throw new SimulatorRefusal(400, 'API_VALIDATION_ERROR', `${name} is required`)
}
