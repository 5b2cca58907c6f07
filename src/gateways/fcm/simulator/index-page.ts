/** Where a person sees what each phone was sent. */
import { type Html, html } from '../../../platform/http/html.ts'
import { clockTime, FAULT_LABELS, faultSwitches, operatorPage } from '../../simulation/control-page.ts'
import type { ReceivedPush } from './messages.ts'
import type { FcmSimulator } from './simulator.ts'

const SHOWN_DEVICES = 50
const SHOWN_OF_DEVICE = 5

export function indexPage(simulator: FcmSimulator): Html {
  return operatorPage({
    title: 'Push simulator',
    about: html`Project <code>${simulator.project}</code>. These are the phones; what is sent to them shows up here, and nowhere else.`,
    list: deviceList(simulator),
    badDays: html`${faultSwitches(simulator.faults, FAULT_LABELS)}
    <fieldset><legend>Access</legend>
      <p class="row"><button type="button" data-method="POST" data-url="_sim/revoke" data-body="{}">End all access tokens</button></p>
    </fieldset>
    <p class="faint">Tokens that begin with <code>unregistered-</code>, <code>mismatch-</code>, <code>invalid-</code>,
      <code>quota-</code> or <code>down-</code> are refused for that reason.</p>`,
  })
}

/** The part that renews itself: the phone that was sent something last comes first. */
export function deviceList(simulator: FcmSimulator): Html {
  const devices = Map.groupBy(simulator.list(), ({ token }) => token)
  if (devices.size === 0) {
    return html`<h2>Phones</h2><p class="empty">Nothing was pushed yet. Register a device and pay something; it appears here.</p>`
  }
  return html`<h2>Phones</h2><ul class="transactions">${[...devices].slice(0, SHOWN_DEVICES).map(device)}</ul>`
}

function device([token, pushes]: [string, readonly ReceivedPush[]]): Html {
  const more = pushes.length - SHOWN_OF_DEVICE
  return html`<li class="transaction">
  <p class="mono" title="${token}">${shortened(token)}</p>
  <p class="faint">${pushes.length} ${pushes.length === 1 ? 'message' : 'messages'}</p>
  ${pushes.slice(0, SHOWN_OF_DEVICE).map(
    ({
      title,
      body,
      at,
      data,
    }) => html`<div class="letter"><strong>${title}</strong> <span class="faint">${clockTime(at)} WIB</span>
${body}${dataLine(data)}</div>`,
  )}
  ${more > 0 && html`<p class="faint">and ${more} before</p>`}
</li>`
}

/** Real tokens have 160 letters and more; their beginning and end tell them apart. */
function shortened(token: string): string {
  return token.length <= 40 ? token : `${token.slice(0, 24)}…${token.slice(-8)}`
}

function dataLine(data: Readonly<Record<string, string>>): Html | undefined {
  const pairs = Object.entries(data).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? undefined : html` <span class="faint mono">${pairs.join(' ')}</span>`
}
