/** Reads a Bot API request: query string, JSON, form or multipart; every value may come as text. */
import { readForm } from '../../../platform/http/multipart.ts'
import { badRequest } from './refusal.ts'

/** A file that came with the request. */
export interface Upload {
  readonly bytes: Buffer
  readonly name: string
  readonly mimeType: string
}

export class Params {
  readonly #values: ReadonlyMap<string, unknown>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = new Map(
      Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ''),
    )
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name)
    if (value === undefined || isUpload(value)) return undefined
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }

  /** @throws Refusal 400 where it is not a whole number */
  int(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^-?\d{1,16}$/.test(text)) throw badRequest(`invalid ${name} specified`)
    return Number(text)
  }

  flag(name: string): boolean {
    return ['true', '1'].includes(this.text(name)?.toLowerCase() ?? '')
  }

  /** A structured value: as it is from a JSON body, parsed where it came as text. */
  json(name: string): unknown {
    const value = this.#values.get(name)
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      throw badRequest(`can't parse ${name} JSON object`)
    }
  }

  /** The upload in this field, or the one that its `attach://` address names. */
  upload(name: string): Upload | undefined {
    const value = this.#values.get(name)
    const attached = typeof value === 'string' ? /^attach:\/\/(.+)$/.exec(value)?.[1] : undefined
    const upload = attached === undefined ? value : this.#values.get(attached)
    return isUpload(upload) ? upload : undefined
  }

  /** For the call log: uploads are replaced by their sizes. */
  summary(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      [...this.#values].map(([name, value]) => [
        name,
        isUpload(value) ? { file: value.name, bytes: value.bytes.length } : value,
      ]),
    )
  }
}

function isUpload(value: unknown): value is Upload {
  return typeof value === 'object' && value !== null && 'bytes' in value && Buffer.isBuffer(value.bytes)
}

/** Reads a body of any of the three kinds that the Bot API takes. */
export async function readBody(
  body: Buffer,
  contentType: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (body.length === 0) return {}
  if (contentType.startsWith('application/json')) return readJson(body)
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body.toString('utf8')))
  }
  if (!contentType.startsWith('multipart/form-data')) return {}
  return readMultipart(body, contentType)
}

function readJson(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value))
    }
  } catch {
    throw badRequest("can't parse request: invalid JSON")
  }
  throw badRequest("can't parse request: object expected")
}

async function readMultipart(body: Buffer, contentType: string): Promise<Readonly<Record<string, unknown>>> {
  const form = await readForm(body, contentType)
  if (!form) throw badRequest("can't parse request: malformed multipart body")
  const values = await Promise.all(
    [...form].map(async ([name, value]) => [name, typeof value === 'string' ? value : await toUpload(value)]),
  )
  return Object.fromEntries(values)
}

async function toUpload(file: File): Promise<Upload> {
  return {
    bytes: Buffer.from(await file.arrayBuffer()),
    name: file.name,
    mimeType: file.type || 'application/octet-stream',
  }
}
