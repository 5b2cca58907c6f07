/** What the control routes answer: the names that their bodies use, amounts in whole rupiah. */
import { deliveryView } from '../../simulation/control-bodies.ts'
import type { PakasirSettings, PakasirSimulator } from './simulator.ts'
import type { SimulatedTransaction } from './transactions.ts'

export function transactionView(simulator: PakasirSimulator, transaction: SimulatedTransaction) {
  return {
    order_id: transaction.orderId,
    status: simulator.status(transaction),
    amount: Number(transaction.amount / 100n),
    fee: Number(transaction.fee / 100n),
    total_payment: Number(transaction.total / 100n),
    reported_amount: Number(transaction.reportedAmount / 100n),
    created_at: transaction.createdAt,
    expires_at: transaction.expiresAt,
    completed_at: transaction.completedAt ?? null,
    webhooks: simulator.webhooks.about(transaction.orderId).map(deliveryView),
  }
}

export function settingsView({ tariff, feeDeviation, validityMs }: PakasirSettings) {
  return {
    tariff: tariff.map(({ upTo, perMille, fixed, rounding }) => ({
      up_to: upTo,
      per_mille: perMille,
      fixed,
      rounding,
    })),
    fee_deviation: feeDeviation,
    validity_seconds: validityMs / 1000,
  }
}
