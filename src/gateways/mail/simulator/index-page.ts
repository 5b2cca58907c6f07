/** Where a person reads the mails that were sent to the people of a demonstration. */
import { type Html, html } from '../../../platform/http/html.ts'
import { clockTime, faultSwitches, operatorPage } from '../../simulation/control-page.ts'
import type { MailFault } from './faults.ts'
import type { ArrivedMail } from './mails.ts'
import type { MailSimulator } from './simulator.ts'

const SHOWN = 50

const FAULT_LABELS: Record<MailFault, string> = {
  outage: 'Outage: connections break',
  temporary: 'Try again later (451)',
  refuse_recipient: 'No such mailbox (550)',
  refuse_message: 'Taken for spam (554)',
  cut_after_data: 'Keeps the mail, never says so',
  slow: 'Greets 5 seconds late',
}

/** `to`: one person's mails alone. */
export function indexPage(simulator: MailSimulator, to: string | undefined): Html {
  return operatorPage({
    title: 'Mail sink',
    about: html`Every mail ends here, and none leaves this machine. You are whoever it was sent to.`,
    list: mailList(simulator, to),
    badDays: faultSwitches(simulator.faults, FAULT_LABELS),
  })
}

/** The part that renews itself. */
export function mailList(simulator: MailSimulator, to: string | undefined): Html {
  const mails = simulator.list(to).slice(0, SHOWN)
  const heading =
    to === undefined
      ? html`<h2>Mails</h2>`
      : html`<h2>Mails to ${to}</h2><p class="row"><a href="./">← All mails</a></p>`
  if (mails.length === 0) {
    return html`${heading}<p class="empty">No mail yet. Register somebody, or ask for a code; it arrives here.</p>`
  }
  return html`${heading}<ul class="transactions">${mails.map(item)}</ul>`
}

function item({ at, to, subject, text }: ArrivedMail): Html {
  const code = /^\d{4,8}$/m.exec(text)?.[0]
  return html`<li class="transaction">
  <div class="facts">
    <strong>${subject}</strong>
    <p class="faint">to ${to.map((each) => html`<a href="?to=${encodeURIComponent(each)}">${each}</a>`)}</p>
  </div>
  <p class="faint">${clockTime(at)} WIB</p>
  ${code && html`<p class="code">${code}</p>`}
  <p class="letter">${text}</p>
</li>`
}
