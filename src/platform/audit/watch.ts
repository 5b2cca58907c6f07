/** The record, verified as it grows: each look proves only what came since the last one. */
import { type AuditVerification, type VerifyOptions, verifyAudit, type Walked } from './verify.ts'

export interface AuditWatch {
  /**
   * The newest verification. The first look walks the whole record and may take a while at millions of rows;
   * until it is done, and while the audit database is away, the answer is what is known so far.
   */
  look(): Promise<AuditVerification | undefined>
}

/** A page that many people keep open must not make the record be read all the time. */
const PAUSE_MS = 2_000
/** A longer walk goes on without the one who asked. */
const PATIENCE_MS = 500

/** Rows that an earlier look proved are proved again by the nightly walk, not here. */
export function watchAudit(options: VerifyOptions): AuditWatch {
  let known: AuditVerification | undefined
  let walked: Walked | undefined
  let walking: Promise<void> | undefined
  let lastLook = 0

  async function walk(): Promise<void> {
    const found = await verifyAudit(options, walked)
    known = found
    // A broken record is walked again from where it broke, until somebody has dealt with it.
    walked = found.walked
    lastLook = Date.now()
  }

  return {
    async look() {
      if (!walking && Date.now() - lastLook >= PAUSE_MS) {
        walking = walk()
          .catch(() => undefined)
          .finally(() => {
            walking = undefined
          })
      }
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS)
      })
      await Promise.race([walking, patience])
      clearTimeout(timer)
      return known
    },
  }
}
