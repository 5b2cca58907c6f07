/** `/errors`: what every `type` of a problem points to. */
import type { FastifyInstance } from 'fastify'
import type { ErrorCatalogue } from '../../kernel/errors.ts'
import { html, page, sendHtml } from './html.ts'

export function errorsPage(app: FastifyInstance, catalogue: ErrorCatalogue): void {
  const rows = Object.entries(catalogue)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { status, text }]) => html`
<tr id="${code}"><td><code>${code}</code></td><td class="number">${status}</td><td>${text}</td></tr>`,
    )
  const body = html`<main>
<h1>Errors</h1>
<p>Every failed request answers <code>application/problem+json</code>. Programs look at <code>code</code> alone; texts may change.</p>
<div class="scroll"><table class="stack">
<thead><tr><th>Code</th><th class="number">Status</th><th>Meaning</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
</main>`
  const document = page({ title: 'Errors · Niaga', body })
  app.get('/errors', { config: { access: 'public' } }, async (_request, reply) => sendHtml(reply, document))
}
