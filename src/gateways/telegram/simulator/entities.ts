/**
 * Formatted text as Telegram keeps it: plain text plus entities. `parse_mode=HTML` knows a fixed list of tags;
 * anything else is refused, as the real API does, so that an unescaped value shows in a test, not in a chat.
 */
import { badRequest } from './refusal.ts'
import type { Entity } from './types.ts'

export interface FormattedText {
  readonly text: string
  readonly entities: readonly Entity[]
}

const TAGS: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
}
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

interface OpenTag {
  readonly tag: string
  readonly offset: number
  readonly attributes: string
}

/** @throws Refusal 400 "can't parse entities: …" */
export function parseHtml(html: string): FormattedText {
  const entities: Entity[] = []
  const open: OpenTag[] = []
  let text = ''
  for (const { 0: token, index } of html.matchAll(/<[^>]*>|<|[^<]+/g)) {
    if (!token.startsWith('<')) {
      text += decode(token)
      continue
    }
    const match = /^<(\/?)([a-z][a-z0-9-]*)((?:\s[^>]*)?)>$/i.exec(token)
    const tag = match?.[2]?.toLowerCase() ?? ''
    if (!match || !(tag in TAGS)) throw unsupported(html, index, tag)
    if (match[1] === '') open.push({ tag, offset: text.length, attributes: match[3] ?? '' })
    else close(html, index, tag, open.pop(), text, entities)
  }
  const left = open.pop()
  if (left) throw cannotParse(`Can't find end tag corresponding to start tag "${left.tag}"`)
  return trim({ text, entities: entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length) })
}

function close(
  html: string,
  index: number,
  tag: string,
  start: OpenTag | undefined,
  text: string,
  entities: Entity[],
): void {
  const at = `at byte offset ${Buffer.byteLength(html.slice(0, index))}`
  if (!start) throw cannotParse(`Unexpected end tag ${at}`)
  if (start.tag !== tag) {
    throw cannotParse(`Unmatched end tag ${at}, expected "</${start.tag}>", found "</${tag}>"`)
  }
  const entity = toEntity(start, text.length)
  if (entity) entities.push(entity)
}

function toEntity({ tag, offset, attributes }: OpenTag, end: number): Entity | undefined {
  const length = end - offset
  const type = TAGS[tag]
  if (length === 0 || type === undefined) return undefined
  if (tag === 'a') {
    const url = attribute(attributes, 'href')
    // A link to nowhere is plain text for Telegram.
    return url === undefined || !/^(https?|tg):\/\//i.test(url) ? undefined : { type, offset, length, url }
  }
  const language = tag === 'code' ? attribute(attributes, 'class')?.replace(/^language-/, '') : undefined
  return { type, offset, length, ...(language ? { language } : {}) }
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|(\\S+))`, 'i').exec(attributes)
  const value = match?.[1] ?? match?.[2] ?? match?.[3]
  return value === undefined ? undefined : decode(value)
}

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));/gi, (whole, hex, dec, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole
    const code = hex ? Number.parseInt(hex, 16) : Number(dec)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function unsupported(html: string, index: number, tag: string) {
  return cannotParse(
    `Unsupported start tag "${tag}" at byte offset ${Buffer.byteLength(html.slice(0, index))}`,
  )
}

function cannotParse(what: string) {
  return badRequest(`can't parse entities: ${what}`)
}

/** Telegram drops white space around a text and shifts the entities. */
export function trim({ text, entities }: FormattedText): FormattedText {
  const lead = text.length - text.trimStart().length
  const trimmed = text.trim()
  const kept = entities.flatMap((entity) => {
    const offset = Math.max(entity.offset - lead, 0)
    const end = Math.min(entity.offset - lead + entity.length, trimmed.length)
    return end > offset ? [{ ...entity, offset, length: end - offset }] : []
  })
  return { text: trimmed, entities: kept }
}

const DETECTED = [
  { type: 'url', pattern: /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]/gi },
  { type: 'bot_command', pattern: /(?<=^|\s)\/[a-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])/gi },
  { type: 'mention', pattern: /(?<=^|\s)@\w{4,32}\b/gi },
] as const

/** Adds what Telegram finds by itself: addresses, commands and mentions outside of code and links. */
export function detectEntities({ text, entities }: FormattedText): FormattedText {
  const taken = entities.filter(({ type }) => ['code', 'pre', 'text_link'].includes(type))
  const found = DETECTED.flatMap(({ type, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({ type, offset: match.index, length: match[0].length })),
  ).filter(
    ({ offset, length }) => !taken.some((e) => offset < e.offset + e.length && e.offset < offset + length),
  )
  const all: Entity[] = [...entities, ...found]
  return { text, entities: all.toSorted((a, b) => a.offset - b.offset || b.length - a.length) }
}
