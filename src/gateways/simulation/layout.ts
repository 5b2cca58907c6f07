import { type Html, html } from '../../platform/http/html.ts'

export interface Layout {
  readonly lang: 'id' | 'en'
  readonly title: string
  /** Relative path to the mount point: "../../". */
  readonly root: string
  readonly script?: string
  readonly body: Html
}

/** A page of a simulated gateway; styles and scripts are those of `pages.ts`. */
export function layout({ lang, title, root, script, body }: Layout): Html {
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}assets/pay.css">
${script && html`<script type="module" src="${root}assets/${script}"></script>`}
</head>
${body}
</html>
`
}

/** A page that only says something, in the payer's language. */
export function messagePage(root: string, title: string, text: string): Html {
  const body = html`<body class="checkout">
<main class="card message"><h1>${title}</h1><p>${text}</p></main>
</body>`
  return layout({ lang: 'id', title, root, body })
}
