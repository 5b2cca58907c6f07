/** The gateway's shapes on the wire (UserState, section 7.1). */
import type { SimulatedInvoice, SimulatedPayout } from './records.ts'

const BUSINESS = '5f27a14a9bf05c73dd040bc8'

const iso = (ms: number) => new Date(ms).toISOString()

/** An answer of the invoice endpoints. */
export function invoiceAnswer(invoice: SimulatedInvoice, merchant: string, publicUrl: string): object {
  return {
    id: invoice.id,
    external_id: invoice.externalId,
    user_id: BUSINESS,
    status: invoice.status,
    merchant_name: merchant,
    amount: invoice.amount,
    payer_email: invoice.payerEmail,
    description: invoice.description,
    expiry_date: iso(invoice.expiresAt),
    invoice_url: `${publicUrl}/pay/${invoice.id}`,
    available_banks: [],
    available_retail_outlets: [],
    available_ewallets: [],
    available_qr_codes: [],
    should_send_email: false,
    created: iso(invoice.createdAt),
    updated: iso(invoice.updatedAt),
    currency: invoice.currency,
    ...(invoice.successUrl ? { success_redirect_url: invoice.successUrl } : {}),
    ...(invoice.failureUrl ? { failure_redirect_url: invoice.failureUrl } : {}),
    metadata: invoice.metadata,
    ...paid(invoice),
  }
}

/** The body of an invoice callback. */
export function invoiceCallback(invoice: SimulatedInvoice, merchant: string): object {
  return {
    id: invoice.id,
    external_id: invoice.externalId,
    user_id: BUSINESS,
    is_high: false,
    // Settlement sends no callback of its own.
    status: invoice.status === 'SETTLED' ? 'PAID' : invoice.status,
    merchant_name: merchant,
    amount: invoice.amount,
    payer_email: invoice.payerEmail,
    description: invoice.description,
    currency: invoice.currency,
    created: iso(invoice.createdAt),
    updated: iso(invoice.updatedAt),
    ...paid(invoice),
  }
}

function paid({ paidAmount, paidAt, fee, method }: SimulatedInvoice): object {
  if (paidAt === undefined || paidAmount === undefined) return {}
  return {
    paid_amount: paidAmount,
    paid_at: iso(paidAt),
    payment_method: method === 'QRIS' ? 'QR_CODE' : 'BANK_TRANSFER',
    payment_channel: method ?? 'BCA',
    ...(fee ? { fees_paid_amount: fee, adjusted_received_amount: paidAmount - fee } : {}),
  }
}

/** An answer of the payout endpoints, and `data` of a payout callback. */
export function payoutAnswer(payout: SimulatedPayout): object {
  return {
    id: payout.id,
    reference_id: payout.referenceId,
    channel_code: payout.channelCode,
    channel_properties: {
      account_number: payout.accountNumber,
      account_holder_name: payout.accountHolderName,
    },
    amount: payout.amount,
    description: payout.description,
    currency: payout.currency,
    business_id: BUSINESS,
    status: payout.status,
    created: iso(payout.createdAt),
    updated: iso(payout.updatedAt),
    estimated_arrival_time: iso(payout.createdAt + 15 * 60_000),
    ...(payout.failureCode ? { failure_code: payout.failureCode } : {}),
  }
}

export function payoutCallback(payout: SimulatedPayout): object {
  return {
    event: `payout.${payout.status.toLowerCase()}`,
    business_id: BUSINESS,
    created: iso(payout.updatedAt),
    data: payoutAnswer(payout),
  }
}
