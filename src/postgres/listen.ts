/** LISTEN over one connection that heals itself. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '../kernel/log.ts'
import { isConnectionLoss } from './errors.ts'

const RECONNECT_MS = 500

export interface Listener {
  subscribe(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

export function openListener(connection: pg.ClientConfig, log: Log): Listener {
  const channels = new Map<string, Set<(payload: string) => void>>()
  const closing = new AbortController()
  let client: Promise<pg.Client> | undefined
  let healing = false

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client(connection)
    made.on('notification', ({ channel, payload }) => {
      for (const onNotify of channels.get(channel) ?? []) onNotify(payload ?? '')
    })
    made.on('error', (error) => log.warn({ error: error.message }, 'the listening connection was lost'))
    made.on('end', () => {
      client = undefined
      if (!closing.signal.aborted) void heal()
    })
    await made.connect()
    for (const channel of channels.keys()) await made.query(`listen ${pg.escapeIdentifier(channel)}`)
    return made
  }

  /** One at a time: every try that fails ends too, and would heal besides. */
  async function heal(): Promise<void> {
    if (healing) return
    healing = true
    while (!closing.signal.aborted && channels.size > 0) {
      try {
        await current()
        break
      } catch (error) {
        log.debug({ error: String(error) }, 'listening again failed')
        client = undefined
        await wait(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined)
      }
    }
    healing = false
  }

  function current(): Promise<pg.Client> {
    client ??= connect()
    return client
  }

  return {
    async subscribe(channel, onNotify) {
      const callbacks = channels.get(channel) ?? new Set()
      const known = channels.has(channel)
      channels.set(channel, callbacks.add(onNotify))
      const connection = await current()
      if (!known) await connection.query(`listen ${pg.escapeIdentifier(channel)}`)
      return async () => {
        callbacks.delete(onNotify)
        if (callbacks.size > 0 || closing.signal.aborted) return
        channels.delete(channel)
        // A connection that is lost listens to nothing, and the next one will not to this.
        const connection = await client?.catch(() => undefined)
        await connection?.query(`unlisten ${pg.escapeIdentifier(channel)}`).catch((error: unknown) => {
          if (!isConnectionLoss(error)) throw error
        })
      }
    },
    async close() {
      closing.abort()
      channels.clear()
      const connection = await client?.catch(() => undefined)
      await connection?.end()
    },
  }
}
