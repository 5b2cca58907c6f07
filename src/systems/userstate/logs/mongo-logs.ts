/** The same documents in MongoDB, through the official driver; loaded only where MONGO_DB names a server. */
import { type Db, type Document, type Filter, MongoClient, MongoServerError, ObjectId } from 'mongodb'
import {
  COMES_FROM,
  type Collection,
  type DocumentLogs,
  keyOf,
  type LogEntry,
  type LogQuery,
  type StoredLog,
} from './document-logs.ts'

/** How long a write waits for a server that is away; its job tries again. */
const PATIENCE_MS = 5_000
const DUPLICATE_KEY = 11_000

interface LogDocument {
  _id: ObjectId
  id: string
  created_at: Date
  estimated_arrival_time?: Date
  platform: string
  status: string
  data: string
  amount: number
  createdAt: Date
  updatedAt: Date
}

/** Connects when first needed, so that a start does not wait for it. */
export function mongoLogs(url: string): DocumentLogs {
  const client = new MongoClient(url, {
    appName: 'niaga',
    serverSelectionTimeoutMS: PATIENCE_MS,
    connectTimeoutMS: PATIENCE_MS,
    socketTimeoutMS: 30_000,
  })
  const of = (collection: Collection) => client.db().collection<LogDocument>(collection)
  let indexed: Promise<void> | undefined
  const ready = async () => {
    indexed ??= createIndexes(client.db())
    await indexed.catch((error: unknown) => {
      indexed = undefined
      throw error
    })
  }
  return {
    async write(collection, entry, at) {
      await ready()
      const { filter, update } = upsertOf(collection, entry, at)
      // Of two who insert it at once the second finds it: its own event may lead on from there.
      for (let tries = 0; tries < 2; tries += 1) {
        try {
          await of(collection).updateOne(filter, update, { upsert: true })
          return
        } catch (error) {
          if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error
        }
      }
    },
    async find(collection, query) {
      const found = of(collection).find(filterOf(query)).sort({ created_at: -1, _id: -1 }).limit(query.limit)
      return (await found.toArray()).map(toStored)
    },
    async stats(collection) {
      const groups = await of(collection)
        .aggregate<{ _id: string; count: number; total: number }>([
          { $group: { _id: '$status', count: { $sum: 1 }, total: { $sum: { $toInt: '$amount' } } } },
          { $sort: { _id: 1 } },
        ])
        .toArray()
      return groups.map(({ _id: status, count, total }) => ({ status, count, total: Number(total) }))
    },
    async clean(collection, before) {
      const { deletedCount } = await of(collection).deleteMany({ created_at: { $lt: before } })
      return deletedCount
    },
    async close() {
      await client.close()
    },
  }
}

/** Exactly those that the document prints, under the names it gives them: its own calls stay valid. */
async function createIndexes(db: Db): Promise<void> {
  const single = [{ id: 1 }, { status: 1 }, { created_at: -1 }] as const
  const checkouts = [...single, { status: 1, created_at: -1 }].map((key) => ({ key }))
  await db.collection('xendit_checkout_logs').createIndexes(checkouts)
  await db.collection('xendit_payout_logs').createIndexes(single.map((key) => ({ key })))
}

/**
 * The filter names the statuses that this one may come from: where the document has another one, the server tries to
 * insert a second document of the same _id, and refuses.
 */
function upsertOf(collection: Collection, entry: LogEntry, at: Date) {
  const { id, createdAt, estimatedArrivalTime, platform, status, amount, data } = entry
  const from = [status, ...(COMES_FROM[collection][status] ?? [])]
  const filter: Filter<LogDocument> = { _id: new ObjectId(keyOf(collection, id)), status: { $in: from } }
  const update = {
    $set: {
      id,
      created_at: createdAt,
      ...(estimatedArrivalTime ? { estimated_arrival_time: estimatedArrivalTime } : {}),
      platform,
      status,
      data,
      amount,
      updatedAt: at,
    },
    $setOnInsert: { createdAt: at },
  }
  return { filter, update }
}

function filterOf({ id, status, since, until, after }: LogQuery): Filter<LogDocument> {
  const range: Document = { ...(since ? { $gte: since } : {}), ...(until ? { $lt: until } : {}) }
  return {
    ...(id === undefined ? {} : { id }),
    ...(status === undefined ? {} : { status }),
    ...(Object.keys(range).length === 0 ? {} : { created_at: range }),
    ...(after === undefined ? {} : { $or: laterPage(after) }),
  }
}

function laterPage({ createdAt, key }: NonNullable<LogQuery['after']>): Filter<LogDocument>[] {
  return [{ created_at: { $lt: createdAt } }, { created_at: createdAt, _id: { $lt: new ObjectId(key) } }]
}

function toStored(document: LogDocument): StoredLog {
  const {
    _id,
    created_at: createdAt,
    estimated_arrival_time: arrival,
    createdAt: loggedAt,
    ...rest
  } = document
  return {
    ...rest,
    key: _id.toHexString(),
    createdAt,
    loggedAt,
    ...(arrival === undefined ? {} : { estimatedArrivalTime: arrival }),
  }
}
