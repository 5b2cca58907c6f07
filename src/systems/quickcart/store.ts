/** What every use case of the shop works with. */
import { join } from 'node:path'
import { createPakasirClient, type PakasirClient } from '../../gateways/pakasir/client.ts'
import { createTelegramApi, type TelegramApi } from '../../gateways/telegram/client.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { type Files, openFiles } from '../../platform/files/files.ts'
import type { Kv } from '../../platform/kv/kv.ts'
import { openKv } from '../../platform/kv/open-kv.ts'
import type { HouseWork, SystemContext } from '../../platform/system.ts'
import type { Database } from '../../postgres/database.ts'
import { anchorPath } from './anchors.ts'
import { readShopConfiguration, type ShopConfiguration } from './configuration.ts'
import { openShopSettings, type ShopSettings } from './settings.ts'
import type { StoreIdentity } from './stores/store-identity.ts'

export interface Store {
  /** Which of the shops. */
  readonly identity: StoreIdentity
  /** db_store1: the shop. */
  readonly db: Database
  /** db_audits: what happened, for ever. The shop sells on while it is away. */
  readonly audits: Database
  readonly kv: Kv
  readonly clock: Clock
  readonly log: Log
  readonly telegram: TelegramApi
  readonly pakasir: PakasirClient
  readonly settings: ShopSettings
  readonly config: ShopConfiguration
  /** Heads of the audit chain, outside of every database. */
  readonly anchorPath: string
  /** What people asked for of their own data, for a day. */
  readonly exports: Files
  readonly houseWork: HouseWork
}

/** Opens clients and reads the settings. */
export async function openStore(identity: StoreIdentity, context: SystemContext): Promise<Store> {
  const { clock, environment } = context
  const log = context.log.child({ system: identity.system })
  const config = readShopConfiguration(identity, environment, context)
  const db = context.database(identity.databases.shop)
  const { token, apiRoot } = config.telegram
  return {
    identity,
    db,
    audits: context.database(identity.databases.audits),
    settings: await openShopSettings(identity, db, log),
    kv: await openKv({ database: db, redisUrl: config.redisUrl, keyPrefix: identity.keyPrefix, log }),
    clock,
    log,
    telegram: createTelegramApi({ token, apiRoot }),
    pakasir: createPakasirClient({ ...config.pakasir, clock, log }),
    config,
    anchorPath: anchorPath(identity, context),
    exports: openFiles(join(context.dataDirectory, `quickcart${identity.fileSuffix}-exports`)),
    houseWork: context.houseWork,
  }
}

export async function closeStore(store: Store): Promise<void> {
  await store.settings.close()
  await store.kv.close()
}
