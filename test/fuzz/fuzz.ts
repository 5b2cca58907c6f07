/** The run: batches of requests, each answer judged, the databases compared around batches that were refused. */
import { setTimeout as wait } from 'node:timers/promises'
import { randomOf } from '../random.ts'
import { type Contents, changed, contents, failures, finalFindings, isSilent, settled } from './books.ts'
import { type Operation, readOperations } from './openapi.ts'
import { type Finding, judge } from './oracles.ts'
import { buildRequest, type FuzzRequest } from './request.ts'
import { asCurl, type FuzzAnswer, RAW_ATTACKS, send, sendRaw } from './send.ts'
import { openWorld, type World } from './world.ts'

export interface FuzzOptions {
  readonly seed: string
  readonly seconds: number
  /** Only this request, and its answer is told. */
  readonly only?: number
  say(text: string): void
}

export interface FuzzReport {
  readonly requests: number
  readonly operations: number
  /** Answers by their hundred: "2xx". */
  readonly statuses: Readonly<Record<string, number>>
  /** Batches in which everything was refused, and the databases compared. */
  readonly compared: number
  /** Refused whole, too, but the shop's own work fell into them: what changed would say nothing. */
  readonly notCompared: number
  readonly slowestProbeMs: number
  /** Each kind once, with how to see it again. */
  readonly findings: readonly {
    readonly finding: Finding
    readonly times: number
    readonly reproduce: string
  }[]
}

const BATCH = 24
const LANES = 6
/** The process answers something trivial within this time, whatever else it does; generous for busy machines. */
const PROBE_LIMIT_MS = 5_000

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const world = await openWorld()
  const probe = startProbe(world.origin)
  try {
    const run = new Run(world, options, await operationsOf(world))
    if (options.only === undefined) await run.forSeconds(options.seconds)
    else await run.once(options.only)
    run.noteAll(await finalFindings(world), 'whatever came before')
    const slowestProbeMs = await probe.stop()
    if (slowestProbeMs > PROBE_LIMIT_MS)
      run.noteAll(
        [{ oracle: 'blocked', detail: `/health/live took ${slowestProbeMs} ms` }],
        'whatever came before',
      )
    if (world.exitCode() !== null)
      run.noteAll(
        [{ oracle: 'died', detail: `the process ended with ${world.exitCode()}` }],
        'whatever came before',
      )
    return run.report(slowestProbeMs)
  } finally {
    await probe.stop()
    await world.close()
  }
}

/** Those of people and machines; the pages of the house are asked for by the raw attacks. */
async function operationsOf({ origin }: World): Promise<Operation[]> {
  const all = await readOperations(origin)
  const webhooks = all.filter(({ path }) => path.startsWith('/webhooks/'))
  // Two ways into the bot and the till, as wide as the forty of the API together are long.
  return [...all, ...webhooks, ...webhooks, ...webhooks]
}

class Run {
  readonly #world: World
  readonly #options: FuzzOptions
  readonly #operations: readonly Operation[]
  readonly #found = new Map<string, { finding: Finding; times: number; reproduce: string }>()
  readonly #statuses: Record<string, number> = {}
  readonly #seen = new Set<string>()
  #requests = 0
  #compared = 0
  #notCompared = 0
  #failuresKnown = 0

  constructor(world: World, options: FuzzOptions, operations: readonly Operation[]) {
    this.#world = world
    this.#options = options
    this.#operations = operations
  }

  async forSeconds(seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1_000
    await this.#raw()
    for (let first = 0; Date.now() < until; first += BATCH) await this.#batch(first)
    await settled(this.#world)
  }

  async once(number: number): Promise<void> {
    const request = this.#request(number)
    this.#options.say(asCurl(this.#world.origin, request))
    const answer = await this.#ask(request)
    this.#options.say(`${answer.status} ${answer.contentType}\n${answer.body}`)
    await settled(this.#world)
  }

  noteAll(findings: readonly Finding[], reproduce: string): void {
    for (const finding of findings) this.#note(finding, '', reproduce)
  }

  report(slowestProbeMs: number): FuzzReport {
    return {
      requests: this.#requests,
      operations: this.#seen.size,
      statuses: this.#statuses,
      compared: this.#compared,
      notCompared: this.#notCompared,
      slowestProbeMs,
      findings: [...this.#found.values()],
    }
  }

  async #raw(): Promise<void> {
    for (const bytes of RAW_ATTACKS) {
      const answer = await sendRaw(this.#world.origin, bytes)
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)
      if (status >= 500 || /KANARI|root:|"scripts"/.test(answer)) {
        this.#note({ oracle: 'raw', detail: answer.slice(0, 200) }, '', JSON.stringify(bytes.slice(0, 200)))
      }
    }
  }

  async #batch(first: number): Promise<void> {
    const { shop, wallet } = this.#world
    await shop.restore()
    await wallet.restore()
    const silentUntil = await settled(this.#world)
    const before = await this.#contents()
    const requests = Array.from({ length: BATCH }, (_, i) => this.#request(first + i))
    const waiting = [...requests]
    let isRefused = true
    const lane = async () => {
      for (let request = waiting.shift(); request; request = waiting.shift()) {
        const { status } = await this.#ask(request)
        if (status < 400 && request.method !== 'GET' && request.method !== 'HEAD') isRefused = false
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    if (isRefused) await this.#compare(before, requests, silentUntil)
    const failed = await failures(this.#world)
    // Of a failure only the batch is known: its events are in the finding.
    if (failed.length > this.#failuresKnown)
      for (const finding of failed) this.#note(finding, '', `requests ${first} to ${first + BATCH - 1}`)
    this.#failuresKnown = failed.length
  }

  async #compare(
    before: readonly Contents[],
    requests: readonly FuzzRequest[],
    silentUntil: Date,
  ): Promise<void> {
    const after = await this.#contents()
    if (!(await isSilent(this.#world, silentUntil))) {
      this.#notCompared += 1
      return
    }
    this.#compared += 1
    const different = before.flatMap((old, i) => changed(old, after[i] ?? new Map()))
    if (different.length === 0) return
    const detail = `all were refused, and yet\n    ${different.slice(0, 6).join('\n    ')}`
    this.#note(
      { oracle: 'effect of a refusal', detail },
      '',
      requests.map((request) => asCurl(this.#world.origin, request)).join('\n    '),
    )
  }

  /** Of the shop, of the wallet. */
  async #contents(): Promise<readonly Contents[]> {
    const { shop, wallet } = this.#world
    return [await contents(shop.db), await contents(wallet.db)]
  }

  #request(number: number): FuzzRequest {
    // Every second batch is one of refusals alone.
    const isRefused = Math.floor(number / BATCH) % 2 === 1
    return buildRequest(
      this.#world,
      this.#operations,
      number,
      isRefused,
      randomOf(this.#options.seed, 'request', number),
    )
  }

  async #ask(request: FuzzRequest): Promise<FuzzAnswer> {
    const answer = await send(this.#world.origin, request)
    this.#requests += 1
    const family = `${Math.floor(answer.status / 100)}xx`
    this.#statuses[family] = (this.#statuses[family] ?? 0) + 1
    if (request.operation) this.#seen.add(request.operation.id)
    const where = request.operation?.id ?? request.method
    for (const finding of judge(this.#world, request, answer)) {
      const again = `npm run fuzz -- --seed ${this.#options.seed} --only ${request.number}`
      const curl = asCurl(this.#world.origin, request)
      this.#note(
        finding,
        where,
        `${again}\n    ${request.actor.name}, ${request.attack}: ${curl}\n    ${answer.status} ${answer.body.slice(0, 300)}`,
      )
    }
    return answer
  }

  #note(finding: Finding, where: string, reproduce: string): void {
    const told = where === '' ? finding : { ...finding, detail: `${where}: ${finding.detail}` }
    const key = `${told.oracle} ${told.detail.replace(/[0-9a-f]{8,}|\d+/g, '#').slice(0, 160)}`
    const known = this.#found.get(key)
    if (known) known.times += 1
    else this.#found.set(key, { finding: told, times: 1, reproduce })
  }
}

/** Asks something trivial all the time: who waits long for it waits for a blocked event loop. */
function startProbe(origin: string): { stop(): Promise<number> } {
  let slowest = 0
  let stopped = false
  const run = async () => {
    while (!stopped) {
      const begun = performance.now()
      await fetch(`${origin}/health/live`).catch(() => undefined)
      slowest = Math.max(slowest, performance.now() - begun)
      await wait(100)
    }
  }
  const running = run()
  return {
    async stop() {
      stopped = true
      await running
      return Math.round(slowest)
    },
  }
}
