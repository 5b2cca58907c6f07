/** `--seconds` of the proofs. */
import { InvalidArgumentError } from 'commander'

export function secondsOption(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0) return seconds
  throw new InvalidArgumentError('It must be a number above 0.')
}
