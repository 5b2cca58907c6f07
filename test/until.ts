import { setTimeout as pause } from 'node:timers/promises'

/** Conditions are mostly queries: asked without pause they would take the time that what they wait for needs. */
const LONGEST_PAUSE_MS = 30

/** Waits for a condition, never for a time. @throws Error where it does not come true within two minutes. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (let pauseMs = 2; !(await condition()); pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${condition.toString()}`)
    await pause(pauseMs)
  }
}
