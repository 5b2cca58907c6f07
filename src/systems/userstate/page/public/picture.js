// What somebody looks like. The API gives pictures to whoever shows a token, which an <img> cannot.
import { el, toast } from './dom.js'
import * as api from './endpoints.js'
import { doing } from './form.js'
import { sentence } from './words.js'

/** @param {api.Profile} profile */
export function pictureCard(profile) {
  const card = el('section', { class: 'card' })
  /** @param {string | null} path */
  const show = (path) => {
    const picker = el('input', { type: 'file', id: 'picture', accept: 'image/jpeg,image/png,image/webp' })
    picker.addEventListener('change', async () => {
      const [file] = picker.files ?? []
      if (!file) return
      picker.disabled = true
      try {
        show((await api.changePicture(file)).profile_img)
        toast('Foto sudah diganti.')
      } catch (error) {
        toast(sentence(error))
      }
      // Whoever takes the same file again means it.
      picker.value = ''
      picker.disabled = false
    })
    const remove = async () => {
      await api.removePicture()
      show(null)
      toast('Foto sudah dihapus.')
    }
    card.replaceChildren(
      el('h2', {}, 'Foto'),
      el(
        'div',
        { class: 'picture' },
        portrait(profile, path),
        el(
          'div',
          { class: 'row' },
          picker,
          el('label', { for: 'picture', class: 'button plain' }, path === null ? 'Pilih foto' : 'Ganti foto'),
          ...(path === null ? [] : [doing('Hapus foto', remove, toast)]),
        ),
      ),
      el('p', { class: 'hint' }, 'JPEG, PNG, atau WebP, paling besar 5 MB.'),
    )
  }
  show(profile.profile_img)
  return card
}

/**
 * Initials until the picture is there, and where there is none.
 * @param {api.Profile} profile
 * @param {string | null} path
 */
function portrait({ first_name: first, last_name: last }, path) {
  const initials = [first, last].map((name) => [...name][0] ?? '').join('')
  const frame = el('span', { class: 'portrait', 'aria-hidden': 'true' }, initials.toUpperCase())
  if (path !== null) void fill(frame, path).catch((error) => toast(sentence(error)))
  return frame
}

/**
 * @param {HTMLElement} frame
 * @param {string} path
 */
async function fill(frame, path) {
  const address = URL.createObjectURL(await api.picture(path))
  const image = el('img', { src: address, alt: 'Foto profil Anda', width: 96, height: 96 })
  await image.decode().finally(() => URL.revokeObjectURL(address))
  frame.removeAttribute('aria-hidden')
  frame.replaceChildren(image)
}
