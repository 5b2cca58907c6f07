/** What a caller of a simulated party is refused with; each party writes it in its own shape. */
export class SimulatorRefusal extends Error {
  /** HTTP status. */
  readonly status: number
  /** The party's own word for it. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
