/** Reads what a message is to say from a call's parameters, within the Bot API's limits. */
import { detectEntities, type FormattedText, parseHtml, trim } from '../entities.ts'
import { type FileStore, type StoredFile, toSticker } from '../files.ts'
import type { Params, Upload } from '../params.ts'
import { badRequest } from '../refusal.ts'
import type { Entity, MessageContent, StickerInfo } from '../types.ts'

const MAX_TEXT = 4096
const MAX_CAPTION = 1024

export function textContent(params: Params): { text: string; entities?: readonly Entity[] } {
  const { text, entities } = formatted(params, 'text', 'entities')
  if (text === '') throw badRequest('message text is empty')
  if (text.length > MAX_TEXT) throw badRequest('message is too long')
  return entities.length > 0 ? { text, entities } : { text }
}

export function captionContent(params: Params): MessageContent {
  const { text, entities } = formatted(params, 'caption', 'caption_entities')
  if (text.length > MAX_CAPTION) throw badRequest('message caption is too long')
  if (text === '') return {}
  return entities.length > 0 ? { caption: text, caption_entities: entities } : { caption: text }
}

function formatted(params: Params, field: string, entityField: string): FormattedText {
  const raw = params.text(field) ?? ''
  const mode = params.text('parse_mode')
  if (mode === undefined)
    return detectEntities(trim({ text: raw, entities: given(params.json(entityField)) }))
  if (mode.toLowerCase() === 'html') return detectEntities(parseHtml(raw))
  throw badRequest(`unsupported parse_mode: the simulator reads HTML, not ${mode}`)
}

function given(value: unknown): readonly Entity[] {
  return Array.isArray(value) ? value.filter(isEntity) : []
}

function isEntity(value: unknown): value is Entity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'offset' in value &&
    Number.isInteger(value.offset) &&
    'length' in value &&
    Number.isInteger(value.length)
  )
}

export function photoContent(params: Params, files: FileStore): MessageContent {
  const photo = media(params, 'photo', {
    fresh: (upload) => files.addPhoto(upload),
    known: (id) => known(files, id)?.media,
  })
  if (!('width' in photo)) throw badRequest("can't use file of type Document as Photo")
  return { photo: [photo], ...captionContent(params) }
}

export function documentContent(params: Params, files: FileStore): MessageContent {
  const document = media(params, 'document', {
    fresh: (upload) => files.addDocument(upload),
    known: (id) => known(files, id)?.media,
  })
  if (!('file_name' in document)) throw badRequest("can't use file of type Photo as Document")
  return { document, ...captionContent(params) }
}

export function stickerContent(params: Params, files: FileStore): MessageContent {
  const sticker = media(params, 'sticker', {
    fresh: (upload) => files.addSticker(upload),
    known: (id) =>
      known(files, id)?.media ??
      (id.startsWith('CAAC')
        ? toSticker({ file_id: id, file_unique_id: id.slice(-12), file_size: 0 })
        : undefined),
  })
  if (!isSticker(sticker)) throw badRequest("can't use file of this type as Sticker")
  return { sticker }
}

function isSticker(media: StoredFile['media']): media is StickerInfo {
  return 'emoji' in media
}

/** A file comes as an upload or as the id of one sent before; addresses and data URIs are refused. */
function media<Media>(
  params: Params,
  field: string,
  find: { fresh: (upload: Upload) => Media; known: (fileId: string) => Media | undefined },
): Media {
  const upload = params.upload(field)
  if (upload) return find.fresh(upload)
  const fileId = params.text(field)
  if (fileId === undefined) throw badRequest(`there is no ${field} in the request`)
  if (/^https?:\/\//i.test(fileId)) throw badRequest('failed to get HTTP URL content')
  const found = find.known(fileId)
  if (found === undefined) {
    const why = /[^\w-]/.test(fileId) ? 'Wrong character in the string' : 'Wrong string length'
    throw badRequest(`wrong remote file identifier specified: ${why}`)
  }
  return found
}

function known(files: FileStore, fileId: string): StoredFile | undefined {
  return files.find(fileId)
}
