/** The page at `/`: what runs, where to click, what it counts. Server-rendered, no framework. */
import type { FastifyInstance } from 'fastify'
import { type Html, html, page, sendHtml } from '../platform/http/html.ts'
import type { Overview, Trail } from '../platform/system.ts'
import type { Database } from '../postgres/database.ts'
import { type Health, probe } from '../postgres/health.ts'
import type { OpenedSystem } from './house.ts'
import { VERSION } from './version.ts'

interface Section {
  readonly system: OpenedSystem
  /** Undefined where a database of the system does not answer. */
  readonly overview: Overview | undefined
}

export function frontPage(
  app: FastifyInstance,
  systems: readonly OpenedSystem[],
  databases: readonly Database[],
): void {
  app.get('/', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    const [health, sections] = await Promise.all([
      Promise.all(databases.map(probe)),
      Promise.all(systems.map(section)),
    ])
    return sendHtml(
      reply,
      page({ title: 'Niaga', body: body(health, sections), scripts: ['/assets/refresh.js'] }),
    )
  })
}

async function section(system: OpenedSystem): Promise<Section> {
  // The page is where one looks when something is wrong: it must not fail with it.
  const overview = await system.running.overview().catch(() => undefined)
  return { system, overview }
}

function body(health: readonly Health[], sections: readonly Section[]): Html {
  return html`
<header>
  <h1>Niaga</h1>
  <span class="quiet">version ${VERSION} · ${process.uptime().toFixed(0)} s up</span>
</header>
<main data-refresh="2000">
  ${sections.map(systemSection)}
  <h2>Databases</h2>
  <div class="card scroll"><table>
    <thead><tr><th>Database</th><th>Status</th><th class="number">Latency</th><th>PostgreSQL</th><th class="number">Size</th></tr></thead>
    <tbody>${health.map(databaseRow)}</tbody>
  </table></div>
  <h2>For developers and operators</h2>
  <div class="cards">
    ${link('/reference', 'API reference', 'every operation, its schema and its errors')}
    ${link('/openapi.json', 'OpenAPI 3.1', 'the same for machines')}
    ${link('/errors', 'Errors', 'every code and what it means')}
    ${link('/health/db', 'Health', 'live, ready, and each database')}
    ${link('/metrics', 'Metrics', 'for Prometheus')}
  </div>
</main>
<footer>Ledger, audit and migrations from the shell: <code>bin/niaga --help</code></footer>`
}

function systemSection({ system: { manifest }, overview }: Section): Html {
  if (!overview) {
    return html`<h2>${manifest.title}</h2><p class="card bad">${manifest.about}. Its database does not answer right now.</p>`
  }
  return html`
  <h2>${manifest.title}</h2>
  <p class="quiet">${manifest.about}</p>
  <div class="cards">${overview.links.map(({ href, label, about }) => link(href, label, about))}</div>
  <div class="cards facts">
    <section class="card"><h3>Counts</h3><table><tbody>
      ${overview.counts.map(({ label, value }) => html`<tr><td>${label}</td><td class="number">${value}</td></tr>`)}
    </tbody></table></section>
    <section class="card"><h3>Money by account</h3>
      ${overview.accounts.length === 0 ? html`<p class="quiet">No account has moved yet.</p>` : accountsTable(overview)}
    </section>
    ${overview.audit && html`<section class="card"><h3>Audit trail</h3>${audit(overview.audit)}</section>`}
  </div>
  ${overview.trail && trail(overview.trail)}`
}

/** One order, followed from the money to the record. */
function trail({ title, transfers, ledgerOk, audit, auditOk }: Trail): Html {
  return html`
  <h3 class="spaced">The newest paid order, <code>${title}</code></h3>
  <div class="cards facts">
    <section class="card scroll"><h3>Ledger ${badge(ledgerOk)}</h3><table>
      <thead><tr><th>From</th><th>To</th><th class="number">Amount</th></tr></thead>
      <tbody>${transfers.map(
        ({ from, to, amount }) =>
          html`<tr><td><code>${from}</code></td><td><code>${to}</code></td><td class="number">${amount}</td></tr>`,
      )}</tbody>
    </table></section>
    <section class="card scroll"><h3>Audit ${badge(auditOk)}</h3>
      ${audit.length === 0 ? html`<p class="quiet">Not relayed yet.</p>` : auditTable(audit)}
    </section>
  </div>`
}

function badge(ok: boolean): Html {
  return html`<span class="badge ${ok ? 'good' : 'bad'}">${ok ? 'verified' : 'not verified'}</span>`
}

function auditTable(rows: Trail['audit']): Html {
  return html`<table>
    <thead><tr><th class="number">Row</th><th>What</th><th>Of</th><th>When (UTC)</th></tr></thead>
    <tbody>${rows.map(
      ({ id, action, entity, at }) =>
        html`<tr><td class="number">${id}</td><td>${action}</td><td><code>${entity}</code></td><td>${at.toISOString().slice(11, 23)}</td></tr>`,
    )}</tbody>
  </table>`
}

function accountsTable({ accounts }: Overview): Html {
  return html`<table><tbody>
    ${accounts.map(({ name, balance }) => html`<tr><td><code>${name}</code></td><td class="number">${balance}</td></tr>`)}
  </tbody></table>`
}

function audit({ ok, verifiedUpTo, waiting }: NonNullable<Overview['audit']>): Html {
  return html`
    <p class="${ok ? 'good' : 'bad'}">${ok ? 'Chain verified' : 'The chain is broken'} up to ${verifiedUpTo}</p>
    <p class="quiet">${waiting === 0 ? 'Nothing waits to be written.' : `${waiting} ${waiting === 1 ? 'row waits' : 'rows wait'} to be written.`}</p>`
}

function databaseRow({ name, ok, latencyMs, version, size }: Health): Html {
  return html`<tr>
    <td><code>${name}</code></td>
    <td class="${ok ? 'good' : 'bad'}">${ok ? 'up' : 'down'}</td>
    <td class="number">${ok && `${latencyMs} ms`}</td>
    <td>${version}</td>
    <td class="number">${size}</td>
  </tr>`
}

function link(href: string, label: string, about: string): Html {
  return html`<a class="card link" href="${href}"><strong>${label}</strong><span class="quiet">${about}</span></a>`
}
