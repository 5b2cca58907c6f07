/** The page at `/`: where to click, what happened, what runs. Server-rendered, no framework. */
import type { FastifyInstance } from 'fastify'
import { type Html, html, page, sendHtml } from '../platform/http/html.ts'
import type { OpenedSystem, Overview } from '../platform/system.ts'
import { VERSION } from '../platform/version.ts'
import type { Database } from '../postgres/database.ts'
import { type Health, probe } from '../postgres/health.ts'
import { orderTrail } from './front-page-trail.ts'

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
  const since = new Date(Date.now() - process.uptime() * 1_000)
  app.get('/', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    const [health, sections] = await Promise.all([
      Promise.all(databases.map(probe)),
      Promise.all(systems.map(section)),
    ])
    return sendHtml(
      reply,
      page({ title: 'Niaga', body: body(health, sections, since), scripts: ['/assets/refresh.js'] }),
    )
  })
}

async function section(system: OpenedSystem): Promise<Section> {
  // The page is where one looks when something is wrong: it must not fail with it.
  const overview = await system.running.overview().catch(() => undefined)
  return { system, overview }
}

function body(health: readonly Health[], sections: readonly Section[], since: Date): Html {
  return html`
<header>
  <h1>Niaga</h1>
  <span class="quiet">version ${VERSION} · up since ${utc(since)}</span>
</header>
<main data-refresh="2000">
  ${sections.map(systemSection)}
  <h2>Databases</h2>
  <div class="card scroll"><table>
    <thead><tr><th>Database</th><th>Status</th><th class="number">Latency</th><th class="number">Size</th></tr></thead>
    <tbody>${health.map(databaseRow)}</tbody>
  </table></div>
  <h2>For developers and operators</h2>
  <div class="cards links">
    ${link('/reference/', 'API reference', 'every operation, its schema and its errors')}
    ${link('/openapi.json', 'OpenAPI 3.1', 'the same for machines')}
    ${link('/errors', 'Errors', 'every code and what it means')}
    ${link('/health/db', 'Health', 'each database and its latency')}
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
  ${overview.tour && tourStrip(overview.tour)}
  ${orderTrail(overview)}
  <div class="cards facts">
    <section class="card"><h3>Counts</h3><table><tbody>
      ${overview.counts.map(({ label, value }) => html`<tr><td>${label}</td><td class="number">${value}</td></tr>`)}
    </tbody></table></section>
    <section class="card"><h3>Money by account</h3>${accounts(overview)}</section>
    ${overview.audit && html`<section class="card"><h3>Audit trail</h3>${audit(overview.audit)}</section>`}
  </div>
  <div class="cards links">${overview.links.map(({ href, label, about }) => link(href, label, about))}</div>`
}

/** Only one step is a link: the one to begin with. */
function tourStrip(steps: NonNullable<Overview['tour']>): Html {
  return html`<section class="tour" aria-label="Try it"><ol>${steps.map(
    ({ title, text, href }) => html`<li>
      ${href === undefined ? html`<strong class="step">${title}</strong>` : html`<a class="button" href="${href}">${title}</a>`}
      <span>${text}</span></li>`,
  )}</ol></section>`
}

/** Accounts that stand at zero are only named: money is what one looks for. */
function accounts({ accounts: all }: Overview): Html {
  const isMoved = ({ balance }: (typeof all)[number]) => /[1-9]/.test(balance)
  const moved = all.filter(isMoved)
  const still = all.filter((account) => !isMoved(account)).map(({ name }) => name)
  return html`
    ${moved.length === 0 && html`<p class="quiet">No money has moved yet.</p>`}
    <table><tbody>
      ${moved.map(({ name, balance }) => html`<tr><td><code>${name}</code></td><td class="number">${balance}</td></tr>`)}
    </tbody></table>
    <p class="quiet">Every rupiah leaves one account and enters another: together they are always zero.
      ${still.length > 0 && `At zero: ${still.join(', ')}.`}</p>`
}

function audit({ ok, verifiedUpTo, waiting }: NonNullable<Overview['audit']>): Html {
  return html`
    <p class="${ok ? 'good' : 'bad'}">${ok ? `Chain verified up to ${verifiedUpTo}` : `The chain is broken after ${verifiedUpTo}`}</p>
    <p class="quiet">${waiting === 0 ? 'Nothing waits to be written.' : `${waiting} ${waiting === 1 ? 'row waits' : 'rows wait'} to be written.`}</p>`
}

function databaseRow({ name, ok, latencyMs, version, size, problem }: Health): Html {
  return html`<tr>
    <td><code>${name}</code> <span class="quiet">${version && `PostgreSQL ${version}`}</span></td>
    <td class="${ok ? 'good' : 'bad'}">${ok ? 'up' : `down${problem ? `: ${problem}` : ''}`}</td>
    <td class="number">${ok && `${latencyMs} ms`}</td>
    <td class="number">${size}</td>
  </tr>`
}

function link(href: string, label: string, about: string): Html {
  return html`<a class="card link" href="${href}"><strong>${label}</strong><span class="quiet">${about}</span></a>`
}

function utc(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
