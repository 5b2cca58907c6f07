import { setTimeout as pause } from 'node:timers/promises'

/** Waits for a condition, never for a time. @throws Error where it does not come true within two minutes. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${condition.toString()}`)
    await pause(5)
  }
}
