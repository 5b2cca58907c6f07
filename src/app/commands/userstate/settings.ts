import type { Command } from 'commander'
import { silentLog } from '../../../kernel/log.ts'
import { openWalletSettings } from '../../../systems/userstate/settings.ts'
import { changeSetting } from '../../../systems/userstate/staff/change-setting.ts'
import { Refusal } from '../refusal.ts'
import { operator, withWallets } from './operator.ts'

export function settingCommands(userstate: Command): void {
  userstate
    .command('set <key> <value>')
    .description('change a setting, e.g. "set topup.min 20000"; what runs follows without a restart')
    .action(async (key: string, text: string) => {
      const value = readValue(text)
      await withWallets(async (db) => {
        const settings = await openWalletSettings(db, silentLog)
        try {
          await changeSetting({ db, settings }, operator, key, value)
        } finally {
          await settings.close()
        }
      })
      console.log(`${key} is ${value} now`)
    })
}

/** @throws Refusal */
function readValue(text: string): number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^-?\d{1,15}$/.test(text)) throw new Refusal(`"${text}" is no whole number, true or false`)
  return Number(text)
}
