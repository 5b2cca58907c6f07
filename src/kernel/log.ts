/** What the floors need of a logger; pino fits. Objects first: `log.warn({ invoice }, 'payment is late')`. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(bindings: object): Log
}

/** Says nothing; for tests and for commands whose output is their answer. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }
