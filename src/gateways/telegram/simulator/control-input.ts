/** Reads what the control API is sent. */
import type { Fault } from './faults.ts'
import type { Params, Upload } from './params.ts'
import { badRequest } from './refusal.ts'
import type { SimPerson } from './types.ts'

export function readUser(params: Params): SimPerson {
  const id = params.int('id')
  const firstName = params.text('first_name')
  if (id === undefined || id <= 0 || !Number.isSafeInteger(id))
    throw badRequest('id must be a positive number')
  if (firstName === undefined || firstName.length > 64)
    throw badRequest('first_name must have 1 to 64 characters')
  const lastName = params.text('last_name')
  const note = params.text('note')
  const username = params.text('username')?.replace(/^@/, '')
  if (username !== undefined && !/^\w{3,32}$/.test(username)) throw badRequest('username is not valid')
  return {
    id,
    first_name: firstName,
    language_code: params.text('language_code') ?? 'id',
    ...(lastName ? { last_name: lastName } : {}),
    ...(username ? { username } : {}),
    ...(note ? { note } : {}),
  }
}

/** A multipart field `file`, or base64 in `data` with a `filename`. */
export function readUpload(params: Params, defaultName: string): Upload {
  const upload = params.upload('file')
  if (upload) return upload
  const data = params.text('data')
  if (data === undefined) throw badRequest('send a multipart field "file", or base64 in "data"')
  return {
    bytes: Buffer.from(data, 'base64'),
    name: params.text('filename') ?? defaultName,
    mimeType: params.text('mime_type') ?? 'application/octet-stream',
  }
}

export function readFault(params: Params): Fault {
  const kind = params.text('kind')
  const times = params.int('times') ?? 1
  if (times < 1) throw badRequest('times must be at least 1')
  if (kind === 'duplicate_updates') return { kind, times }
  if (kind === 'reorder_updates') return { kind, times: Math.max(times, 2) }
  const method = params.text('method')
  const chatId = params.int('chat_id')
  const scope = {
    times,
    ...(method === undefined ? {} : { method }),
    ...(chatId === undefined ? {} : { chatId }),
  }
  if (kind === 'rate_limited') return { ...scope, kind, retryAfter: params.int('retry_after') ?? 3 }
  if (kind === 'server_error') return { ...scope, kind, status: readStatus(params.int('status')) }
  const hangMs = params.int('hang_ms')
  if (kind === 'timeout') {
    return { ...scope, kind, effect: params.flag('effect'), ...(hangMs === undefined ? {} : { hangMs }) }
  }
  throw badRequest('kind must be rate_limited, server_error, timeout, duplicate_updates or reorder_updates')
}

function readStatus(status = 500): 500 | 502 | 503 | 504 {
  if (status === 500 || status === 502 || status === 503 || status === 504) return status
  throw badRequest('status must be 500, 502, 503 or 504')
}
