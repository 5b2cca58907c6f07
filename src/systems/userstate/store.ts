/** What every use case of the wallet works with. */
import { join } from 'node:path'
import { createXenditClient, type XenditClient } from '../../gateways/xendit/client.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { createTokens, type Tokens } from '../../platform/access/tokens.ts'
import { type Files, openFiles } from '../../platform/files/files.ts'
import type { Kv } from '../../platform/kv/kv.ts'
import { openKv } from '../../platform/kv/open-kv.ts'
import type { HouseWork, SystemContext } from '../../platform/system.ts'
import type { Database } from '../../postgres/database.ts'
import { anchorPath } from './anchors.ts'
import { readWalletConfiguration, type WalletConfiguration } from './configuration.ts'
import { auditsDatabase, SYSTEM, walletDatabase } from './databases.ts'
import { type GatewayConfiguration, readGatewayConfiguration } from './gateway/gateway-configuration.ts'
import type { DocumentLogs } from './logs/document-logs.ts'
import { openLogs } from './logs/open-logs.ts'
import { openPost, type Post } from './mail/sink.ts'
import { openPush, type Push } from './push/open-push.ts'
import { openWalletSettings, type WalletSettings } from './settings.ts'

/** UserState, U4: 30 days. */
const REFRESH_SECONDS = 30 * 24 * 60 * 60

export interface Store {
  /** userstate: people, wallets, everything. */
  readonly db: Database
  /** userstate_audits: what happened, for ever. The wallets work on while it is away. */
  readonly audits: Database
  readonly kv: Kv
  readonly clock: Clock
  readonly log: Log
  readonly settings: WalletSettings
  readonly config: WalletConfiguration
  readonly tokens: Tokens
  readonly gateway: GatewayConfiguration
  readonly xendit: XenditClient
  /** What the payment gateway said; in another store where one is named. */
  readonly logs: DocumentLogs
  readonly push: Push
  /** Mails to people. */
  readonly post: Post
  /** Pictures of people. */
  readonly files: Files
  /** Heads of the audit chain, outside of every database. */
  readonly anchorPath: string
  readonly houseWork: HouseWork
}

/** Opens clients and reads the settings. */
export async function openStore(context: SystemContext): Promise<Store> {
  const { clock, environment } = context
  const log = context.log.child({ system: SYSTEM })
  const config = readWalletConfiguration(environment)
  const gateway = readGatewayConfiguration(environment, context)
  const db = context.database(walletDatabase.name)
  return {
    db,
    audits: context.database(auditsDatabase.name),
    kv: await openKv({ database: db, redisUrl: undefined, keyPrefix: `${SYSTEM}:`, log }),
    clock,
    log,
    settings: await openWalletSettings(db, log),
    config,
    tokens: createTokens({ db, system: SYSTEM, seal: config.fieldKeys, refreshSeconds: REFRESH_SECONDS }),
    push: openPush({ ...context, anchorPath: anchorPath(context), log }),
    logs: await openLogs(db, config.mongoUrl),
    gateway,
    xendit: createXenditClient({ ...gateway, clock, log }),
    post: await openPost(config, context, log),
    files: openFiles(join(context.dataDirectory, 'userstate-files')),
    anchorPath: anchorPath(context),
    houseWork: context.houseWork,
  }
}

export async function closeStore(store: Store): Promise<void> {
  await store.post.sink?.close()
  await store.settings.close()
  await store.logs.close()
  await store.kv.close()
}
