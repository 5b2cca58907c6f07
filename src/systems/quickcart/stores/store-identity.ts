/**
 * Which of several shops: its name, and every name that follows from it. No two shops have one of these in common,
 * which is what keeps them apart; the first shop's are the documented ones.
 */
export interface StoreIdentity {
  /** "store2": in commands, addresses and variables. */
  readonly name: string
  /** What people call it: on the front page, in the simulators, and the first `store_name`. */
  readonly title: string
  /** "quickcart-store2": in `--system`, logs, metrics and access tokens. */
  readonly system: string
  /** "db_store2", "db_store2_audits" */
  readonly databases: { readonly shop: string; readonly audits: string }
  readonly paths: {
    /** "/quickcart/store2/v1" */
    readonly api: string
    /** "/webhooks/store2" */
    readonly webhooks: string
    readonly telegramSimulator: string
    readonly pakasirSimulator: string
  }
  /** "QUICKCART_STORE2_" before its own variables. */
  readonly variablePrefix: string
  /** "quickcart-store2:" before its keys in a Redis that several shops share. */
  readonly keyPrefix: string
  /** "-store2" in the names of its files. */
  readonly fileSuffix: string
}

const FIRST = 'store1'

/** The shop of the documents: `db_store1` and `db_audits`, variables and keys without a prefix. */
export const firstStore: StoreIdentity = {
  name: FIRST,
  title: 'QuickCart',
  system: 'quickcart',
  databases: { shop: 'db_store1', audits: 'db_audits' },
  paths: {
    api: '/quickcart/v1',
    webhooks: '/webhooks',
    telegramSimulator: '/sim/telegram',
    pakasirSimulator: '/sim/pakasir',
  },
  variablePrefix: '',
  keyPrefix: '',
  fileSuffix: '',
}

/** Any other shop; `name` must be a valid one (`isStoreName`). */
export function furtherStore(name: string, title?: string): StoreIdentity {
  return {
    name,
    title: title ?? `QuickCart ${name}`,
    system: `quickcart-${name}`,
    databases: { shop: `db_${name}`, audits: `db_${name}_audits` },
    paths: {
      api: `/quickcart/${name}/v1`,
      webhooks: `/webhooks/${name}`,
      telegramSimulator: `/sim/telegram-${name}`,
      pakasirSimulator: `/sim/pakasir-${name}`,
    },
    variablePrefix: `QUICKCART_${name.toUpperCase()}_`,
    keyPrefix: `quickcart-${name}:`,
    fileSuffix: `-${name}`,
  }
}

/** `db_audits` is taken, and `/quickcart/v1` and the gateways' webhooks have their place. */
const RESERVED = /^(audits|quickcart|telegram|pakasir|v\d+)$/

/** Letters and digits alone, so that no database, address or variable of one shop can be another's. */
export function isStoreName(name: string): boolean {
  return /^[a-z][a-z0-9]{1,19}$/.test(name) && !RESERVED.test(name)
}
