/** The front page's proof: the newest paid order, followed from its money to the permanent record. */
import { type Html, html } from '../platform/http/html.ts'
import type { Overview, Trail } from '../platform/system.ts'

export function orderTrail({ trail, audit }: Overview): Html | undefined {
  if (trail === undefined) return undefined
  if (trail === 'none yet') {
    return html`<p class="card quiet">No order is paid yet. Once one is, its money in the ledger and its rows in the audit are shown here, verified.</p>`
  }
  const { title, transfers, ledgerOk, audit: rows, auditOk } = trail
  // The record follows the shop within moments: until then its rows are not wrong, only not there to be proved.
  const isBroken = audit?.ok === false
  return html`
  <h3 class="spaced">The newest paid order, <code>${title}</code></h3>
  <div class="cards facts wide">
    <section class="card scroll"><h3>Ledger ${ledgerOk ? verified : notVerified}</h3>${transferTable(transfers)}</section>
    <section class="card scroll"><h3>Audit ${auditOk ? verified : isBroken ? notVerified : onItsWay}</h3>
      ${rows.length === 0 ? html`<p class="quiet">Its rows are being written.</p>` : auditTable(rows)}
    </section>
  </div>`
}

const verified = html`<span class="badge good">verified</span>`
const notVerified = html`<span class="badge bad">not verified</span>`
const onItsWay = html`<span class="badge warn">being verified</span>`

function transferTable(transfers: Trail['transfers']): Html {
  return html`<table>
    <thead><tr><th>From → to</th><th class="number">Amount</th></tr></thead>
    <tbody>${transfers.map(
      ({ from, to, amount }) =>
        html`<tr><td><code>${from}</code> → <code>${to}</code></td><td class="number">${amount}</td></tr>`,
    )}</tbody>
  </table>`
}

function auditTable(rows: Trail['audit']): Html {
  return html`<table>
    <thead><tr><th>Row</th><th>What</th><th class="number">When (UTC)</th></tr></thead>
    <tbody>${rows.map(
      ({ id, action, entity, at }) =>
        html`<tr><td>${id}</td><td>${action} <code>${entity}</code></td><td class="number">${at.toISOString().slice(11, 23)}</td></tr>`,
    )}</tbody>
  </table>`
}
