/** Turns text and entities into DOM nodes; text never becomes markup, so nothing a bot sends can run. */

const PLAIN = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
}

/** `entities` are sorted by offset, outer before inner, as the simulator keeps them. */
export function formatted(text, entities = [], { onCommand } = {}) {
  return nodes({ text, entities, start: 0, end: text.length, onCommand })
}

function nodes({ text, entities, start, end, onCommand }) {
  const out = []
  let at = start
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i]
    const stop = Math.min(entity.offset + entity.length, end)
    let next = i + 1
    while (next < entities.length && entities[next].offset < stop) next += 1
    if (entity.offset >= at && stop > entity.offset) {
      if (entity.offset > at) out.push(document.createTextNode(text.slice(at, entity.offset)))
      const inner = {
        text,
        entities: entities.slice(i + 1, next),
        start: entity.offset,
        end: stop,
        onCommand,
      }
      out.push(element(entity, text.slice(entity.offset, stop), nodes(inner), onCommand))
      at = stop
    }
    i = next
  }
  if (end > at) out.push(document.createTextNode(text.slice(at, end)))
  return out
}

function element(entity, text, children, onCommand) {
  if (entity.type === 'text_link') return link(entity.url, children)
  if (entity.type === 'url') return link(text, children)
  if (entity.type === 'bot_command' && onCommand) return command(text, children, onCommand)
  if (entity.type === 'spoiler') return spoiler(children)
  const node = document.createElement(PLAIN[entity.type] ?? 'span')
  node.append(...children)
  return node
}

function link(url, children) {
  if (!/^(https?|tg):\/\//i.test(url ?? '')) {
    const span = document.createElement('span')
    span.append(...children)
    return span
  }
  const a = document.createElement('a')
  a.href = url
  a.target = '_blank'
  a.rel = 'noopener noreferrer'
  a.append(...children)
  return a
}

function command(text, children, onCommand) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'command'
  button.append(...children)
  button.addEventListener('click', () => onCommand(text))
  return button
}

function spoiler(children) {
  const span = document.createElement('span')
  span.className = 'spoiler'
  span.tabIndex = 0
  span.setAttribute('role', 'button')
  span.setAttribute('aria-label', 'Hidden text, press to show')
  span.append(...children)
  const show = () => {
    span.classList.add('shown')
    span.removeAttribute('role')
    span.removeAttribute('aria-label')
  }
  span.addEventListener('click', show)
  span.addEventListener('keydown', ({ key }) => (key === 'Enter' || key === ' ') && show())
  return span
}
