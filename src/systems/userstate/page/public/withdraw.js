import { Refusal } from './api.js'
import { codeField, mailboxLink } from './codes.js'
import { el, shown, toast } from './dom.js'
import * as api from './endpoints.js'
import { choice, doing, field, form } from './form.js'
import { moment, rupiah } from './format.js'
import { pages, toneOf } from './list.js'
import { live } from './live.js'
import { payoutStatus } from './words.js'

/** @param {import('./live.js').Visit} visit */
export async function withdrawScreen({ left }) {
  const [{ items: channels }, profile] = await Promise.all([api.channels(), api.profile()])
  const sent = await live(left, () => api.payouts(), drawPayouts)
  const accounts = el('div', {})
  const renew = async () => {
    const [{ items }, { available }] = await Promise.all([api.bankAccounts(), api.wallet(), sent.renew()])
    const parts = [
      items.length === 0 && el('p', { class: 'empty' }, 'Simpan dulu rekening tujuan Anda.'),
      items.length > 0 && profile.email_verified && withdrawal(items, available, renew),
      items.length > 0 && accountList(items, renew),
      addAccount(channels, items.length === 0, renew),
    ]
    accounts.replaceChildren(...shown(parts))
  }
  await renew()
  return [
    el('h1', {}, 'Tarik dana'),
    !profile.email_verified &&
      el(
        'p',
        { class: 'notice' },
        'Penarikan memerlukan alamat e-mail yang sudah dikonfirmasi. ',
        el('a', { href: '#/konfirmasi' }, 'Konfirmasi sekarang'),
      ),
    el('div', { class: 'split' }, accounts, sent.region),
  ]
}

/**
 * Where to and how much; then the code that was mailed, where the API wants one.
 * @param {readonly api.BankAccount[]} accounts
 * @param {string} available
 * @param {() => Promise<void>} renew
 */
function withdrawal(accounts, available, renew) {
  const card = el('section', { class: 'card' })
  const ask = form({
    name: 'Tarik dana',
    fields: [
      choice({
        name: 'bank_account_id',
        label: 'Ke rekening',
        choices: accounts.map((each) => [String(each.id), nameOf(each)]),
      }),
      field({ name: 'amount', label: 'Jumlah', type: 'amount', hint: `Saldo tersedia ${rupiah(available)}` }),
    ],
    submit: 'Tarik dana',
    act: async ({ bank_account_id: id, amount = '' }) => {
      const wanted = { bank_account_id: Number(id), amount }
      try {
        await send(wanted)
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'otp_required') throw error
        await mailCode()
        show(confirm(wanted))
      }
    },
  })
  /**
   * @param {{ bank_account_id: number, amount: string }} wanted
   * @param {string} [otp]
   */
  const send = async (wanted, otp) => {
    await api.withdraw(wanted, otp)
    toast('Penarikan Anda sedang dikirim.')
    await renew()
  }
  /** @param {{ bank_account_id: number, amount: string }} wanted */
  const confirm = (wanted) => {
    const account = accounts.find(({ id }) => id === wanted.bank_account_id)
    return form({
      name: 'Konfirmasi penarikan',
      fields: [
        el('p', {}, el('strong', {}, rupiah(wanted.amount)), ` ke ${account ? nameOf(account) : ''}.`),
        codeField('Kami mengirimnya ke e-mail Anda.'),
        mailboxLink(),
      ],
      submit: `Tarik ${rupiah(wanted.amount)}`,
      act: ({ otp = '' }) => send(wanted, otp),
    })
  }
  /** @param {HTMLFormElement} step */
  const show = (step) => {
    const back = el('button', { type: 'button', class: 'plain', click: () => show(ask) }, 'Ubah')
    card.replaceChildren(el('h2', {}, 'Tarik ke rekening'), step, ...(step === ask ? [] : [back]))
    if (step !== ask) step.querySelector('input')?.focus()
  }
  show(ask)
  return card
}

/** The one that was mailed a moment ago still serves. */
async function mailCode() {
  try {
    await api.mailCode('PAYOUT')
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'otp_resend_too_soon') throw error
    toast('Pakai kode yang baru saja dikirim.')
  }
}

/** @param {Omit<api.BankAccount, 'id'>} account */
const nameOf = ({ channel_code: channel, account_last4: last, account_holder_name: holder }) =>
  // The gateway's code of a bank in Indonesia begins so.
  `${channel.replace(/^ID_/, '')} ••••${last ?? '????'} · ${holder}`

/**
 * @param {readonly api.BankAccount[]} accounts
 * @param {() => Promise<void>} renew
 */
function accountList(accounts, renew) {
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'Rekening tersimpan'),
    el(
      'ul',
      { class: 'rows' },
      accounts.map((account) => {
        const remove = doing('Hapus', () => api.removeBankAccount(account.id).then(renew), toast)
        remove.setAttribute('aria-label', `Hapus ${nameOf(account)}`)
        return el('li', { class: 'row' }, el('span', { class: 'what' }, nameOf(account)), remove)
      }),
    ),
  )
}

/**
 * @param {readonly api.Channel[]} channels
 * @param {boolean} isFirst
 * @param {() => Promise<void>} renew
 */
function addAccount(channels, isFirst, renew) {
  const add = form({
    fields: [
      choice({
        name: 'channel',
        label: 'Bank',
        choices: channels.map(({ id, code, description }) => [
          String(id),
          description ? `${code} · ${description}` : code,
        ]),
      }),
      field({
        name: 'account_number',
        label: 'Nomor rekening',
        type: 'tel',
        maxlength: 21,
        hint: '6 sampai 20 angka.',
      }),
      field({ name: 'account_holder_name', label: 'Nama pemilik', autocomplete: 'name', maxlength: 100 }),
    ],
    submit: 'Simpan rekening',
    plain: !isFirst,
    act: async ({ channel, account_number: typed = '', account_holder_name: holder = '' }) => {
      const number = typed.replace(/[\s.-]/g, '')
      await api.addBankAccount({
        channel: Number(channel),
        account_number: number,
        account_holder_name: holder,
      })
      toast('Rekening sudah disimpan.')
      await renew()
    },
  })
  return el('details', { class: 'card', open: isFirst }, el('summary', {}, 'Tambah rekening'), add)
}

/**
 * @param {api.Page<api.Payout>} page
 * @param {() => Promise<void>} renew
 */
function drawPayouts(page, renew) {
  const rows = pages(page, api.payouts, (items) => payoutRows(items, renew), 'Belum ada penarikan.')
  return [el('h2', {}, 'Penarikan'), rows]
}

/**
 * @param {readonly api.Payout[]} payouts
 * @param {() => Promise<void>} renew
 */
function payoutRows(payouts, renew) {
  return payouts.map((payout) => {
    const { id, amount, fee, status, created_at: at } = payout
    const cancel = async () => {
      await api.cancelPayout(id).finally(renew)
      toast('Penarikan dibatalkan, dan saldonya kembali.')
    }
    const isOpen = status === 'QUEUED' || status === 'ACCEPTED'
    return el(
      'li',
      { class: 'row' },
      el('span', { class: 'what' }, nameOf(payout)),
      el('span', { class: 'sum' }, rupiah(amount)),
      el('span', { class: 'about' }, `${moment(at)}${fee === '0' ? '' : ` · biaya ${rupiah(fee)}`}`),
      el('span', { class: `badge ${toneOf(status)}` }, payoutStatus(status)),
      isOpen && doing('Batalkan', cancel, toast),
    )
  })
}
