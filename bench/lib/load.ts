/** Keeps a number of requests in flight and takes the time of each. */
import { median, perSecond, quantile } from './numbers.ts'

export interface Measured {
  /** Calls per second. */
  readonly rate: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** `call(n)` for n from 0; must throw where it failed. */
export async function measure(
  count: number,
  inFlight: number,
  call: (n: number) => Promise<unknown>,
): Promise<Measured> {
  const latencies: number[] = []
  let next = 0
  const begun = performance.now()
  const worker = async () => {
    for (let n = next++; n < count; n = next++) {
      const before = performance.now()
      await call(n)
      latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return {
    rate: count / ((performance.now() - begun) / 1000),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  }
}

/** The median of several runs, figure by figure. */
export function middle(runs: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number) => median(runs.map(pick))
  return { rate: of((r) => r.rate), p50Ms: of((r) => r.p50Ms), p99Ms: of((r) => r.p99Ms) }
}

/** Cells of a table: rate, p50, p99, and the rate as a multiple of the reference's. */
export function cells(name: string, measured: Measured, reference: Measured): string[] {
  return [
    name,
    perSecond(measured.rate),
    `${measured.p50Ms.toFixed(1)} ms`,
    `${measured.p99Ms.toFixed(1)} ms`,
    `${(measured.rate / reference.rate).toFixed(2)} ×`,
  ]
}
