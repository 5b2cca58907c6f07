/** The script that every simulated gateway follows, under `/_sim`: webhooks and faults. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { readerOf, readRelease, scriptView, strict } from './control-bodies.ts'
import { FAULT_KINDS, type Faults } from './faults.ts'
import { SimulatorRefusal } from './refusal.ts'
import type { WebhookScript, WebhookSender } from './webhook-sender.ts'

export function faultControls<Endpoint extends string>(
  app: FastifyInstance,
  faults: Faults<Endpoint>,
  endpoints: readonly Endpoint[],
): void {
  faultControlsOf(app, faults, { kinds: FAULT_KINDS, endpoints })
}

/** The same for a party with bad days of its own. */
export function faultControlsOf<Endpoint extends string, Kind extends string>(
  app: FastifyInstance,
  faults: Faults<Endpoint, Kind>,
  { kinds, endpoints }: { readonly kinds: readonly Kind[]; readonly endpoints: readonly Endpoint[] },
): void {
  const readFault = readerOf(
    Type.Object(
      {
        kind: Type.Unsafe<Kind>(Type.Enum([...kinds])),
        endpoint: Type.Optional(Type.Unsafe<Endpoint>(Type.Enum([...endpoints]))),
        times: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      strict,
    ),
  )
  app.post('/_sim/faults', async ({ body }) => {
    const { kind, endpoint, times } = readFault(body)
    faults.arm({ kind, ...(endpoint ? { endpoint } : {}), ...(times ? { times } : {}) })
    return faults.armed
  })
  app.delete<{ Params: { kind?: string } }>('/_sim/faults/:kind?', async ({ params }) => {
    const kind = kinds.find((known) => known === params.kind)
    if (params.kind && !kind) throw new SimulatorRefusal(404, 'not_found', 'There is no such fault')
    faults.clear(kind)
    return faults.armed
  })
}

/** `read` turns a body into what it changes of the script. */
export function webhookControls<Script extends WebhookScript, Target>(
  app: FastifyInstance,
  sender: WebhookSender<Script, Target>,
  read: (body: unknown) => Partial<Script>,
): void {
  app.post('/_sim/webhooks/release', async ({ body }) => {
    await sender.release(readRelease(body).order)
    return { released: true }
  })
  app.put('/_sim/webhooks', async ({ body }) => {
    sender.script = { ...sender.script, ...read(body) }
    return scriptView(sender.script)
  })
}
