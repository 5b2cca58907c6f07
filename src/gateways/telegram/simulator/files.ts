/** Files that bot and people sent, in memory, with the ids and paths that the Bot API gives them. */
import { randomBytes } from 'node:crypto'
import { imageSize } from '../../../platform/pictures/image-size.ts'
import type { Upload } from './params.ts'
import { badRequest } from './refusal.ts'
import type { DocumentInfo, FileInfo, PhotoSize, StickerInfo } from './types.ts'

const MB = 1024 * 1024
const MAX_PHOTO = 10 * MB
const MAX_DOCUMENT = 50 * MB
/** getFile refuses more than this. */
const MAX_DOWNLOAD = 20 * MB
/** Of a photo: width plus height, and the longer side by the shorter one. */
const MAX_DIMENSIONS = 10_000
const MAX_RATIO = 20

export interface StoredFile extends Upload {
  readonly info: FileInfo
  readonly path: string
  readonly media: PhotoSize | DocumentInfo | StickerInfo
}

export class FileStore {
  readonly #byId = new Map<string, StoredFile>()
  readonly #byPath = new Map<string, StoredFile>()
  #listener: (file: StoredFile) => void = () => undefined

  /** Called for every file that is sent from now on. */
  onAdded(listener: (file: StoredFile) => void): void {
    this.#listener = listener
  }

  all(): readonly StoredFile[] {
    return [...this.#byId.values()]
  }

  /** As it was before a restart. */
  restore(file: StoredFile): void {
    this.#byId.set(file.info.file_id, file)
    this.#byPath.set(file.path, file)
  }

  /** @throws Refusal 400 where it is no image, or too large */
  addPhoto(upload: Upload): PhotoSize {
    const bytes = upload.bytes.length
    if (bytes > MAX_PHOTO) {
      throw badRequest(
        `file of size ${bytes} bytes is too big for a photo; the maximum size is ${MAX_PHOTO} bytes`,
      )
    }
    const size = imageSize(upload.bytes)
    if (!size) throw badRequest('IMAGE_PROCESS_FAILED')
    const ratio = Math.max(size.width, size.height) / Math.min(size.width, size.height)
    if (size.width + size.height > MAX_DIMENSIONS || ratio > MAX_RATIO) {
      throw badRequest('PHOTO_INVALID_DIMENSIONS')
    }
    const { mimeType, ...dimensions } = size
    return this.#add({ ...upload, mimeType }, 'AgAC', 'photos', (info) => ({ ...info, ...dimensions }))
  }

  addDocument(upload: Upload): DocumentInfo {
    const bytes = upload.bytes.length
    if (bytes > MAX_DOCUMENT) {
      throw badRequest(`file of size ${bytes} bytes is too big; the maximum size is ${MAX_DOCUMENT} bytes`)
    }
    if (bytes === 0) throw badRequest('file must be non-empty')
    return this.#add(upload, 'BQAC', 'documents', (info) => ({
      ...info,
      file_name: upload.name,
      mime_type: upload.mimeType,
    }))
  }

  addSticker(upload: Upload, emoji?: string): StickerInfo {
    return this.#add(upload, 'CAAC', 'stickers', (info) => toSticker(info, emoji))
  }

  find(fileId: string): StoredFile | undefined {
    return this.#byId.get(fileId)
  }

  /** @throws Refusal 400 where the id is unknown, as `what` says, or the file is too large to be fetched */
  forDownload(fileId: string): StoredFile {
    const file = this.#byId.get(fileId)
    if (!file) throw badRequest('invalid file_id')
    if (file.bytes.length > MAX_DOWNLOAD) throw badRequest('file is too big')
    return file
  }

  byPath(path: string): StoredFile | undefined {
    return this.#byPath.get(path)
  }

  #add<M extends PhotoSize | DocumentInfo | StickerInfo>(
    upload: Upload,
    prefix: string,
    folder: string,
    toMedia: (info: FileInfo) => M,
  ): M {
    const info = {
      file_id: prefix + randomBytes(24).toString('base64url'),
      file_unique_id: randomBytes(9).toString('base64url'),
      file_size: upload.bytes.length,
    }
    const media = toMedia(info)
    const extension = /\.[A-Za-z0-9]{1,8}$/.exec(upload.name)?.[0] ?? ''
    const file = { ...upload, info, media, path: `${folder}/file_${this.#byId.size}${extension}` }
    this.restore(file)
    this.#listener(file)
    return media
  }
}

/** Real sticker sets live at Telegram: an unknown sticker id is shown as a waving hand. */
export function toSticker(info: FileInfo, emoji = '👋'): StickerInfo {
  return {
    ...info,
    type: 'regular',
    width: 512,
    height: 512,
    is_animated: false,
    is_video: false,
    emoji,
  }
}
