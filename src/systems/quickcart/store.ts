/** What every use case of the shop works with. */
import { join } from 'node:path'
import { createPakasirClient, type PakasirClient } from '../../gateways/pakasir/client.ts'
import { createTelegramApi, type TelegramApi } from '../../gateways/telegram/client.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Kv } from '../../platform/kv/kv.ts'
import { openKv } from '../../platform/kv/open-kv.ts'
import type { SystemContext } from '../../platform/system.ts'
import type { Database } from '../../postgres/database.ts'
import { readShopConfiguration, type ShopConfiguration } from './configuration.ts'
import { auditsDatabase, storeDatabase } from './databases.ts'
import { openShopSettings, type ShopSettings } from './settings.ts'

export interface Store {
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
}

/** Opens clients and reads the settings. */
export async function openStore(context: SystemContext): Promise<Store> {
  const { clock, environment } = context
  const log = context.log.child({ system: 'quickcart' })
  const config = readShopConfiguration(environment, context)
  const db = context.database(storeDatabase.name)
  const { token, apiRoot } = config.telegram
  return {
    db,
    audits: context.database(auditsDatabase.name),
    kv: openKv(db, config.redisUrl, log),
    settings: await openShopSettings(db, log),
    clock,
    log,
    telegram: createTelegramApi({ token, apiRoot }),
    pakasir: createPakasirClient({ ...config.pakasir, clock, log }),
    config,
    anchorPath: anchorPath(context),
  }
}

export function anchorPath({ dataDirectory }: SystemContext): string {
  return join(dataDirectory, 'quickcart-audit-anchors.jsonl')
}

export async function closeStore(store: Store): Promise<void> {
  await store.settings.close()
  await store.kv.close()
}
