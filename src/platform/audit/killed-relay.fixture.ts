/** A process that relays until it is killed. */
import { silentLog } from '../../kernel/log.ts'
import { openDatabase } from '../../postgres/database.ts'
import { startAuditRelay } from './relay.ts'

const [sourceUrl = '', targetUrl = '', anchorPath = ''] = process.argv.slice(2)
const source = openDatabase({ name: 'source', url: sourceUrl, errors: {} })
const target = openDatabase({ name: 'target', url: targetUrl, errors: {} })
await startAuditRelay({ source, target, anchorPath, log: silentLog })
