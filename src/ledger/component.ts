import type { SqlComponent } from '../postgres/manifest.ts'

/** The ledger in a database: schema `ledger`. */
export const ledgerComponent: SqlComponent = { name: 'ledger', directory: new URL('./', import.meta.url) }
