/** Text for Telegram's HTML parse mode. Whatever is interpolated is escaped, so a name cannot become markup. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** html`<b>${name}</b>`: values are escaped, an `Html` is not escaped again. */
export function html(strings: TemplateStringsArray, ...values: readonly (Html | string | number)[]): Html {
  return new Html(
    strings.reduce((text, part, i) => {
      const value = values[i - 1]
      return `${text}${value instanceof Html ? value.text : escapeHtml(String(value))}${part}`
    }),
  )
}

/** The parts that are there, one below the other. */
export function lines(...parts: readonly (Html | undefined)[]): Html {
  return new Html(
    parts
      .filter((part) => part !== undefined)
      .map((part) => part.text)
      .join('\n'),
  )
}

/** The length that Telegram counts against its limits: what a reader sees, not the markup. */
export function visibleLength({ text }: Html): number {
  return text.replace(/<[^>]*>/g, '').replace(/&(lt|gt|amp|quot);/g, '.').length
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
