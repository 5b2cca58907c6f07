/** The embedded PostgreSQL of a running house: killed beneath it, by a hand or for want of memory, it is started again. */
import type { Log } from '../kernel/log.ts'
import { startLoop } from '../platform/jobs/loop.ts'
import type { EmbeddedServer } from '../postgres/embedded.ts'

const LOOK_MS = 1_000

/** `start` starts it, or finds it running. Answers what stops it for good. */
export function keepServer(
  server: EmbeddedServer,
  start: () => Promise<EmbeddedServer>,
  log: Log,
): () => Promise<void> {
  let present = server
  const loop = startLoop('postgres', LOOK_MS, log, async () => {
    if (present.isUp()) return
    log.error({}, 'PostgreSQL is gone and is started again')
    present = await start()
    log.info({}, 'PostgreSQL is back')
  })
  return async () => {
    await loop.stop()
    await present.stop()
  }
}
