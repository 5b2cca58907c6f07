/**
 * Server-rendered pages: a template tag that escapes whatever is put into it.
 *
 *     html`<li>${product.name}</li>`           text is escaped
 *     html`<ul>${products.map(toListItem)}</ul>`   fragments and lists of them are kept
 *     html`<a ${raw('data-x')}>`              raw() is markup we wrote ourselves, never input
 *
 * Values belong between tags or inside quoted attributes.
 */
import type { FastifyReply } from 'fastify'

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** `undefined`, `null` and `false` leave nothing behind, so that `${condition && html`…`}` works. */
export type HtmlValue = Html | string | number | bigint | false | null | undefined | readonly HtmlValue[]

export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((text, part, i) => text + render(values[i - 1]) + part))
}

/** Markup as it stands. */
export function raw(markup: string): Html {
  return new Html(markup)
}

export function sendHtml(reply: FastifyReply, page: Html): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page.text)
}

export interface PageParts {
  readonly title: string
  readonly body: Html
  /** ISO language of the text. */
  readonly lang?: 'en' | 'id'
  /** Scripts by address; our content policy allows none inside the page. */
  readonly scripts?: readonly string[]
  /** What else belongs into its head: styles of its own, a manifest. */
  readonly head?: Html
}

/** A whole document in the house's look. */
export function page({ title, body, lang = 'en', scripts = [], head }: PageParts): Html {
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/niaga.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/niaga.css">
${head}
${scripts.map((src) => html`<script src="${src}" type="module"></script>`)}
</head>
<body>${body}</body>
</html>
`
}

function render(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(render).join('')
  return String(value).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
