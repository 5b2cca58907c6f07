/**
 * A small responder that speaks MongoDB's wire protocol (OP_MSG) on a real socket, for the commands that our store
 * sends: so the official driver is tested as it is, where no MongoDB is installed. It is not MongoDB: it proves what is
 * sent and how answers are read, not how a server plans or stores.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { BSON, Long, ObjectId } from 'mongodb'

type Doc = BSON.Document

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013

export interface MongoResponder {
  readonly url: string
  readonly collections: ReadonlyMap<string, readonly Doc[]>
  /** Names of the indexes that were asked for, by collection. */
  readonly indexes: ReadonlyMap<string, ReadonlySet<string>>
  /** The server is gone: connections break, nobody listens. */
  stop(): Promise<void>
  /** It is back, at the same address, with what it had. */
  start(): Promise<void>
}

export async function startMongoResponder(): Promise<MongoResponder> {
  const collections = new Map<string, Doc[]>()
  const indexes = new Map<string, Set<string>>()
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0
  const start = async () => {
    server = createServer((socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket)).on('error', () => {})
      let received = Buffer.alloc(0)
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk])
        while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
          const length = received.readInt32LE(0)
          socket.write(answer(received.subarray(0, length), (command) => run(command, collections, indexes)))
          received = received.subarray(length)
        }
      })
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address === 'object' && address !== null) port = address.port
  }
  const stop = async () => {
    const closed = new Promise((resolve) => server?.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await start()
  return { url: `mongodb://127.0.0.1:${port}/userstate`, collections, indexes, start, stop }
}

function answer(message: Buffer, work: (command: Doc) => Doc): Buffer {
  const id = message.readInt32LE(4)
  const code = message.readInt32LE(12)
  if (code === OP_MSG) {
    const body = Buffer.from(BSON.serialize(work(readCommand(message))))
    return framed(OP_MSG, id, Buffer.concat([Buffer.alloc(4), Buffer.from([0]), body]))
  }
  if (code !== OP_QUERY) throw new TypeError(`opcode ${code}`)
  // The driver's first word: flags, collection name, skip, limit, document.
  const start = message.indexOf(0, 20) + 1 + 8
  const body = Buffer.from(BSON.serialize(work(BSON.deserialize(message.subarray(start)))))
  const head = Buffer.alloc(20)
  head.writeInt32LE(1, 16)
  return framed(OP_REPLY, id, Buffer.concat([head, body]))
}

function framed(code: number, responseTo: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16)
  head.writeInt32LE(16 + body.length, 0)
  head.writeInt32LE(responseTo, 8)
  head.writeInt32LE(code, 12)
  return Buffer.concat([head, body])
}

/** Sections: 0 is the command, 1 a list of documents that belong into one of its fields. */
function readCommand(message: Buffer): Doc {
  const command: Doc = {}
  for (let at = 20; at < message.length; ) {
    const size = message.readInt32LE(at + 1)
    if (message[at] === 0) {
      Object.assign(command, BSON.deserialize(message.subarray(at + 1, at + 1 + size)))
    } else {
      const end = message.indexOf(0, at + 5)
      const field = message.subarray(at + 5, end).toString()
      const documents: Doc[] = []
      for (let from = end + 1; from < at + 1 + size; from += message.readInt32LE(from)) {
        documents.push(BSON.deserialize(message.subarray(from, from + message.readInt32LE(from))))
      }
      command[field] = documents
    }
    at += 1 + size
  }
  return command
}

function run(command: Doc, collections: Map<string, Doc[]>, indexes: Map<string, Set<string>>): Doc {
  const [name = '', target] = Object.entries(command)[0] ?? []
  const documents = collections.get(target) ?? []
  const cursor = (firstBatch: Doc[]) => ({
    ok: 1,
    cursor: { id: Long.ZERO, ns: `userstate.${target}`, firstBatch },
  })
  switch (name) {
    case 'hello':
    case 'ismaster':
    case 'isMaster':
      return {
        ok: 1,
        ismaster: true,
        isWritablePrimary: true,
        helloOk: true,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        logicalSessionTimeoutMinutes: 30,
        minWireVersion: 0,
        maxWireVersion: 21,
      }
    case 'createIndexes': {
      const names: string[] = command.indexes.map((index: Doc) => index.name)
      indexes.set(target, new Set([...(indexes.get(target) ?? []), ...names]))
      return { ok: 1 }
    }
    case 'update': {
      const results = command.updates.map((each: Doc) => updateOne(documents, each))
      collections.set(target, documents)
      const writeErrors = results.filter((result: Doc) => 'code' in result)
      return {
        ok: 1,
        n: results.length - writeErrors.length,
        ...(writeErrors.length > 0 ? { writeErrors } : {}),
      }
    }
    case 'delete': {
      const left = documents.filter((each) => !command.deletes.some((one: Doc) => matches(each, one.q)))
      collections.set(target, left)
      return { ok: 1, n: documents.length - left.length }
    }
    case 'find': {
      const found = sorted(
        documents.filter((each) => matches(each, command.filter ?? {})),
        command.sort ?? {},
      )
      return cursor(command.limit ? found.slice(0, command.limit) : found)
    }
    case 'aggregate':
      return cursor(command.pipeline.reduce(stage, documents))
    case 'endSessions':
    case 'ping':
      return { ok: 1 }
    default:
      return { ok: 0, code: 59, errmsg: `no such command: ${name}` }
  }
}

function updateOne(documents: Doc[], { q, u, upsert }: Doc): Doc {
  const found = documents.find((each) => matches(each, q))
  if (found) return Object.assign(found, u.$set)
  if (!upsert) return {}
  if (documents.some((each) => same(each._id, q._id))) {
    return { index: 0, code: 11_000, errmsg: 'E11000 duplicate key error' }
  }
  documents.push({ _id: q._id, ...u.$setOnInsert, ...u.$set })
  return {}
}

function stage(documents: Doc[], step: Doc): Doc[] {
  if (step.$sort) return sorted(documents, step.$sort)
  if (step.$match) return documents.filter((each) => matches(each, step.$match))
  if (!step.$group) throw new TypeError(`stage ${Object.keys(step)}`)
  const { _id: by, ...sums } = step.$group
  const groups = Map.groupBy(documents, (each) => each[by.slice(1)])
  return [...groups].map(([_id, members]) => {
    const total = (sum: Doc) =>
      members.reduce(
        (all, each) => all + (typeof sum.$sum === 'number' ? sum.$sum : each[sum.$sum.$toInt.slice(1)]),
        0,
      )
    return {
      _id,
      ...Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, total(sum as Doc)])),
    }
  })
}

function matches(document: Doc, filter: Doc): boolean {
  return Object.entries(filter).every(([field, wanted]) => {
    if (field === '$or') return wanted.some((each: Doc) => matches(document, each))
    const value = document[field]
    const operators = isPlain(wanted) ? Object.entries(wanted) : [['$eq', wanted] as const]
    return operators.every(([operator, operand]) => holds(operator, value, operand))
  })
}

function holds(operator: string, value: unknown, operand: unknown): boolean {
  switch (operator) {
    case '$eq':
      return same(value, operand)
    case '$in':
      return Array.isArray(operand) && operand.some((each) => same(value, each))
    case '$gte':
      return compare(value, operand) >= 0
    case '$lt':
      return compare(value, operand) < 0
    default:
      throw new TypeError(`operator ${operator}`)
  }
}

function sorted(documents: readonly Doc[], by: Doc): Doc[] {
  const order = by instanceof Map ? [...by] : Object.entries(by)
  return documents.toSorted((a, b) => {
    for (const [field, direction] of order) {
      const difference = compare(a[field], b[field]) * Number(direction)
      if (difference !== 0) return difference
    }
    return 0
  })
}

function isPlain(value: unknown): value is Doc {
  return (
    typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof ObjectId)
  )
}

function same(a: unknown, b: unknown): boolean {
  return compare(a, b) === 0
}

function compare(a: unknown, b: unknown): number {
  const [x, y] = [comparable(a), comparable(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

function comparable(value: unknown): string | number {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'number' ? value : String(value)
}
