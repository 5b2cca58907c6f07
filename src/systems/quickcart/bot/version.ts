/** /version: what runs here, and whether Telegram and the gateway are the real ones. */
import { VERSION } from '../../../platform/version.ts'
import { html, lines } from '../telegram/html.ts'
import type { AdminCommand } from './handlers.ts'

export const versionCommands: readonly AdminCommand[] = [
  {
    command: 'version',
    description: 'versi dan lingkungan',
    syntax: '/version',
    example: '/version',
    read: (argument) =>
      argument === ''
        ? {
            arguments: '',
            async run({ store: { settings, config } }) {
              const party = (simulated: boolean) => (simulated ? 'simulator' : 'asli')
              const { telegram, pakasir } = config
              return {
                text: lines(
                  html`Niaga ${VERSION}`,
                  html`Toko: <b>${settings.get('store_name')}</b>`,
                  html`Lingkungan: ${telegram.simulated || pakasir.simulated ? 'simulasi' : 'produksi'}`,
                  html`Telegram: ${party(telegram.simulated)}, QRIS: ${party(pakasir.simulated)}`,
                ),
              }
            },
          }
        : undefined,
  },
]
