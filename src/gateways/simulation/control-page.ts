/** The parts of an operator's page: buttons and switches that say in data attributes what they send. */
import { type Html, html } from '../../platform/http/html.ts'
import type { FaultKind, Faults } from './faults.ts'
import { layout } from './layout.ts'
import type { Delivery, WebhookScript } from './webhook-sender.ts'

export const FAULT_LABELS: Record<FaultKind, string> = {
  outage: 'Outage: connections break',
  timeout: 'Never answers, does nothing',
  timeout_after_effect: 'Acts, but never answers',
  too_many_requests: 'Answers 429',
  server_error: 'Answers 500',
  rejected: 'Answers 400',
  malformed: 'Answers a page, not JSON',
}

/** A switch sets `webhooks` to the first when on, to the second when off. */
export interface WebhookSwitch<Script> {
  readonly label: string
  readonly isOn: (script: Script) => boolean
  readonly on: object
  readonly off: object
}

const WEBHOOK_SWITCHES: readonly WebhookSwitch<WebhookScript>[] = [
  { label: 'Drop every webhook', isOn: (s) => s.drop, on: { drop: true }, off: { drop: false } },
  { label: 'Hold until released', isOn: (s) => s.hold, on: { hold: true }, off: { hold: false } },
  { label: 'Three copies of each', isOn: (s) => s.copies > 1, on: { copies: 3 }, off: { copies: 1 } },
  { label: '10 seconds late', isOn: (s) => s.delayMs > 0, on: { delay_ms: 10_000 }, off: { delay_ms: 0 } },
  { label: 'Wrong token', isOn: (s) => s.token === 'bad', on: { token: 'bad' }, off: { token: 'good' } },
]

export interface ControlPage<Script extends WebhookScript> {
  readonly title: string
  readonly about: Html
  /** The part that renews itself, with its headings. */
  readonly list: Html
  readonly faults: Faults<string>
  readonly script: Script
  readonly switches?: readonly WebhookSwitch<Script>[]
  /** More fieldsets in the column of bad days. */
  readonly more?: Html
}

export function controlPage<Script extends WebhookScript>(parts: ControlPage<Script>): Html {
  const switches = [...WEBHOOK_SWITCHES, ...(parts.switches ?? [])]
  const badDays = html`
    ${faultSwitches(parts.faults, FAULT_LABELS)}
    <fieldset><legend>Webhooks</legend>
      ${switches.map((each) => webhookSwitch(parts.script, each))}
      <p class="row">
        <button type="button" data-method="POST" data-url="_sim/webhooks/release" data-body="{}">Release held</button>
        <button type="button" data-method="POST" data-url="_sim/webhooks/release" data-body='{"order":"reversed"}'>…reversed</button>
      </p>
    </fieldset>
    ${parts.more}`
  return operatorPage({ ...parts, badDays })
}

type OperatorPage = Pick<ControlPage<WebhookScript>, 'title' | 'about' | 'list'> & {
  readonly badDays: Html
}

/** The same for a party that sends no webhooks. */
export function operatorPage({ title, about, list, badDays }: OperatorPage): Html {
  const body = html`<body class="control">
<header class="top">
  <div><h1>${title}</h1><p class="faint">${about}</p></div>
  <button type="button" data-method="POST" data-url="_sim/behave">Behave again</button>
</header>
<main>
  <section id="list">${list}</section>
  <aside>
    <h2>Bad days</h2>
    ${badDays}
  </aside>
</main>
<p class="problem toast" data-problem role="alert" hidden></p>
</body>`
  return layout({ lang: 'en', title, root: '', script: 'control.js', body })
}

export function actionButton(label: string, url: string, body: object, kind = ''): Html {
  return html`<button type="button" class="${kind}" data-method="POST" data-url="${url}" data-body="${JSON.stringify(body)}">${label}</button>`
}

/** One of several under `name`, for a setting that has a few values. */
export function settingChoice(name: string, label: string, isOn: boolean, setting: object): Html {
  return html`<label class="switch"><input type="radio" name="${name}" ${checked(isOn)}
    data-on-method="PUT" data-on-url="_sim/settings" data-on-body="${JSON.stringify(setting)}"> ${label}</label>`
}

/** " · webhook delivered (200)", nothing where none was sent. */
export function webhookNote(deliveries: readonly Delivery<WebhookScript>[]): string {
  const notes = deliveries
    .slice(-3)
    .map(({ state, lastStatus }) =>
      lastStatus === undefined ? state : `${state} (${lastStatus || 'no answer'})`,
    )
  return notes.length === 0 ? '' : ` · webhook ${notes.join(', ')}`
}

export function clockTime(instant: Date): string {
  return instant.toLocaleTimeString('en-GB', { timeZone: 'Asia/Jakarta' })
}

/** One switch for each kind, with its label. */
export function faultSwitches<Kind extends string>(
  faults: Faults<string, Kind>,
  labels: Readonly<Record<Kind, string>>,
): Html {
  const isOn = (kind: string) => faults.armed.some((fault) => fault.kind === kind)
  const switches = Object.entries<string>(labels).map(
    ([kind, label]) => html`<label class="switch"><input type="checkbox" ${checked(isOn(kind))}
    data-on-method="POST" data-on-url="_sim/faults" data-on-body="${JSON.stringify({ kind })}"
    data-off-method="DELETE" data-off-url="_sim/faults/${kind}"> ${label}</label>`,
  )
  return html`<fieldset><legend>Answers</legend>${switches}</fieldset>`
}

function webhookSwitch<Script>(script: Script, { label, isOn, on, off }: WebhookSwitch<Script>): Html {
  return html`<label class="switch"><input type="checkbox" ${checked(isOn(script))}
    data-on-method="PUT" data-on-url="_sim/webhooks" data-on-body="${JSON.stringify(on)}"
    data-off-method="PUT" data-off-url="_sim/webhooks" data-off-body="${JSON.stringify(off)}"> ${label}</label>`
}

function checked(on: boolean): Html | undefined {
  return on ? html`checked` : undefined
}
