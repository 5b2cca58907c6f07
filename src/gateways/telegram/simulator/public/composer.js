/** Everything below the messages: text, attachment, reply, commands, and the bot's keyboard. */
import { make, summary } from './messages.js'

const MAX_PHOTO_BYTES = 10 * 1024 * 1024

/** What a person's own sticker sets would hold. */
const STICKERS = ['👋', '👍', '🎉', '❤️', '😂', '🙏', '🤔', '😭']

/** `on`: onText(text, replyTo), onFile('photo' | 'document', fields), onSticker(emoji). */
export function composer($, on) {
  const text = $('text')
  let replyTo
  let shownKeyboard
  let keyboardOpen = true

  const clear = () => {
    text.value = ''
    $('file').value = ''
    replyTo = undefined
    $('replying').hidden = true
    $('attached').hidden = true
    fit()
  }
  const fit = () => {
    text.style.height = ''
    // Hidden or empty, it has no height to measure: the one line of the style sheet is right.
    if (text.value) text.style.height = `${Math.min(text.scrollHeight, 160)}px`
  }
  const send = async () => {
    const file = $('file').files[0]
    const said = text.value.trim()
    const reply = replyTo
    if (!file && !said) return
    clear()
    if (!file) return on.onText(said, reply)
    const kind = !$('as-photo-label').hidden && $('as-photo').checked ? 'photo' : 'document'
    await on.onFile(kind, { file, caption: said, reply_to: reply })
  }
  const attach = () => {
    const file = $('file').files[0]
    $('attached').hidden = !file
    if (!file) return
    $('attached-name').textContent = file.name
    $('as-photo-label').hidden =
      !/^image\/(png|jpeg|gif|webp)$/.test(file.type) || file.size > MAX_PHOTO_BYTES
    text.focus()
  }
  const showKeyboard = (keyboard) => {
    if (shownKeyboard === JSON.stringify(keyboard)) return
    shownKeyboard = JSON.stringify(keyboard)
    keyboardOpen = true
    text.placeholder = keyboard?.input_field_placeholder ?? 'Message'
    $('keyboard').replaceChildren(
      ...(keyboard?.keyboard ?? []).map((row) => keyboardRow(row, (label) => on.onText(label))),
    )
    toggleKeyboard()
  }
  const toggleKeyboard = () => {
    const exists = $('keyboard').childElementCount > 0
    $('keyboard-toggle').hidden = !exists
    $('keyboard').hidden = !exists || !keyboardOpen
    $('keyboard-toggle').setAttribute('aria-expanded', String(!$('keyboard').hidden))
  }
  const toggleCommands = (show) => {
    $('commands').hidden = !show
    $('commands-toggle').setAttribute('aria-expanded', String(show))
  }
  const showCommands = (commands) => {
    $('commands-toggle').hidden = commands.length === 0
    $('commands').replaceChildren(
      ...commands.map((entry) =>
        commandItem(entry, () => {
          toggleCommands(false)
          on.onText(`/${entry.command}`)
        }),
      ),
    )
  }

  $('composer').addEventListener('submit', (event) => {
    event.preventDefault()
    void send()
  })
  text.addEventListener('keydown', (event) => {
    // Enter sends, as in the desktop app; a phone's keyboard keeps Enter for a new line.
    const sends =
      event.key === 'Enter' && !event.shiftKey && !event.isComposing && matchMedia('(hover: hover)').matches
    if (!sends) return
    event.preventDefault()
    void send()
  })
  text.addEventListener('input', () => {
    fit()
    if (text.value === '/') toggleCommands(!$('commands-toggle').hidden)
    else if (!$('commands').hidden) toggleCommands(false)
  })
  text.addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData.files.length === 0) return
    $('file').files = clipboardData.files
    attach()
  })
  $('file').addEventListener('change', attach)
  $('attached-cancel').addEventListener('click', () => {
    $('file').value = ''
    attach()
  })
  $('replying-cancel').addEventListener('click', () => {
    replyTo = undefined
    $('replying').hidden = true
  })
  const toggleStickers = (show) => {
    $('stickers').hidden = !show
    $('stickers-toggle').setAttribute('aria-expanded', String(show))
  }
  $('stickers').append(
    ...STICKERS.map((emoji) => {
      const button = make('button', 'sticker-choice', emoji)
      button.type = 'button'
      button.addEventListener('click', () => {
        toggleStickers(false)
        on.onSticker(emoji)
      })
      return button
    }),
  )
  $('stickers-toggle').addEventListener('click', () => toggleStickers($('stickers').hidden))
  $('keyboard-toggle').addEventListener('click', () => {
    keyboardOpen = !keyboardOpen
    toggleKeyboard()
  })
  $('commands-toggle').addEventListener('click', () => toggleCommands($('commands').hidden))
  $('start').addEventListener('click', () => on.onText('/start'))

  return {
    clear,
    reply(message) {
      replyTo = message.message_id
      $('replying-text').textContent = `${message.from.first_name}: ${summary(message)}`
      $('replying').hidden = false
      text.focus()
    },
    show({ chat, messages, deleted, reply_keyboard: keyboard, commands, blocked }) {
      const isNew = chat.type === 'private' && (blocked || messages.length + deleted.length === 0)
      $('start').hidden = !isNew
      $('start').textContent = blocked ? 'UNBLOCK AND RESTART' : 'START'
      $('composer').hidden = isNew
      showKeyboard(isNew ? null : keyboard)
      showCommands(commands)
    },
  }
}

function keyboardRow(buttons, onPress) {
  const row = make('div', 'keyboard-row')
  row.append(
    ...buttons.map(({ text }) => {
      const button = make('button', 'key', text)
      button.type = 'button'
      button.addEventListener('click', () => onPress(text))
      return button
    }),
  )
  return row
}

function commandItem({ command, description }, onChoose) {
  const button = make('button', 'command-item')
  button.type = 'button'
  button.append(make('b', '', `/${command}`), make('span', '', description))
  button.addEventListener('click', onChoose)
  const li = make('li')
  li.append(button)
  return li
}
