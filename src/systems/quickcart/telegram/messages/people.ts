/** What people are told about their role and balance, and admins about people. */
import { type Money, money, rupiah } from '../../../../kernel/money.ts'
import type { Profile } from '../../accounts/profile.ts'
import type { Role } from '../../accounts/roles.ts'
import { html, lines } from '../html.ts'
import type { Message } from '../message.ts'
import { profileLines } from './account.ts'
import { roleLabel } from './wording.ts'

export function userCard(profile: Profile): Message {
  return {
    text: lines(
      html`<b>Pengguna</b>`,
      html``,
      profileLines(profile),
      profile.isBanned ? html`🚫 Diblokir` : undefined,
      profile.hasBlockedBot ? html`🔕 Memblokir bot ini` : undefined,
    ),
  }
}

export function roleRaised(role: Role): Message {
  return role === 'admin'
    ? { text: lines(html`🎉 Kamu sekarang <b>admin</b> toko ini.`, html`Ketik /help untuk semua perintah.`) }
    : {
        text: lines(
          html`🎉 Kamu sekarang <b>reseller</b>.`,
          html`Harga khusus berlaku mulai pesanan berikutnya.`,
        ),
      }
}

export function staffRoleChanged(user: Profile, role: Role): Message {
  return {
    text: lines(
      html`👤 <b>Status pengguna berubah</b>`,
      html`${user.name} (<code>${String(user.id)}</code>) sekarang ${roleLabel(role)}.`,
    ),
  }
}

/** The change may be negative. */
export function balanceAdjusted(change: Money<'IDR'>, balance: Money<'IDR'>): Message {
  const moved =
    change < 0n
      ? html`💳 Saldo kamu dikurangi ${rupiah(money('IDR', -change))} oleh admin.`
      : html`💳 Saldo kamu ditambah ${rupiah(change)} oleh admin.`
  return { text: lines(moved, html`Saldo sekarang: <b>${rupiah(balance)}</b>`) }
}
