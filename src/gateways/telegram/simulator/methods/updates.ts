/** getUpdates, setWebhook, deleteWebhook, getWebhookInfo. */
import type { Params } from '../params.ts'
import { badRequest, conflict } from '../refusal.ts'
import type { SimUpdate } from '../types.ts'
import type { World } from '../world.ts'

const MAX_TIMEOUT_SECONDS = 50
const WEBHOOK_PORTS = ['', '443', '80', '88', '8443']

export async function getUpdates(
  world: World,
  params: Params,
  signal: AbortSignal,
): Promise<readonly SimUpdate[]> {
  if (world.delivery.webhook) {
    throw conflict(
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
  }
  world.queue.allow(kinds(params))
  return world.queue.take({
    offset: params.int('offset') ?? 0,
    limit: Math.min(Math.max(params.int('limit') ?? 100, 1), 100),
    timeoutMs: Math.min(params.int('timeout') ?? 0, MAX_TIMEOUT_SECONDS) * 1000,
    signal,
  })
}

export function setWebhook(world: World, params: Params): true {
  const url = params.text('url')
  if (url === undefined) return deleteWebhook(world, params)
  const secret = params.text('secret_token')
  if (secret !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secret)) {
    throw badRequest('secret token contains unallowed characters')
  }
  const maxConnections = Math.min(Math.max(params.int('max_connections') ?? 40, 1), 100)
  const webhook = { url: checkedWebhookUrl(url), secret, maxConnections }
  world.queue.allow(kinds(params))
  if (params.flag('drop_pending_updates')) world.queue.clear()
  world.queue.interrupt(conflict('terminated by setWebhook request'))
  world.delivery.set(webhook)
  return true
}

export function deleteWebhook(world: World, params: Params): true {
  if (params.flag('drop_pending_updates')) world.queue.clear()
  world.delivery.set(undefined)
  return true
}

export function getWebhookInfo(world: World) {
  const { webhook, lastError } = world.delivery
  return {
    url: webhook?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: world.queue.length,
    ...(webhook ? { max_connections: webhook.maxConnections, allowed_updates: world.queue.kinds } : {}),
    ...(lastError ? { last_error_date: lastError.date, last_error_message: lastError.message } : {}),
  }
}

/** https on the four ports; like a local Bot API server, this machine's own addresses may be plain http. */
function checkedWebhookUrl(text: string): string {
  if (!URL.canParse(text)) throw badRequest('bad webhook: invalid webhook URL specified')
  const url = new URL(text)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (isLocal && url.protocol === 'http:') return text
  if (url.protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook')
  if (!WEBHOOK_PORTS.includes(url.port)) {
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
  }
  return text
}

function kinds(params: Params): readonly string[] | undefined {
  const value = params.json('allowed_updates')
  return Array.isArray(value) ? value.map(String) : undefined
}
