/** `niaga quickcart`: one more shop, or one less. */
import type { Command } from 'commander'
import { readShopConfiguration } from '../../systems/quickcart/configuration.ts'
import {
  addStore,
  type NewStore,
  removeStore,
  type StoreChange,
} from '../../systems/quickcart/stores/change-stores.ts'
import { fail } from '../../systems/quickcart/stores/errors.ts'
import { readStores, STORES } from '../../systems/quickcart/stores/read-stores.ts'
import type { StoreIdentity } from '../../systems/quickcart/stores/store-identity.ts'
import { type Configuration, loadConfiguration, urlVariable } from '../configuration.ts'
import { envFile, readEnvFile, writeEnvFile } from '../env-file.ts'
import { runningInstance } from '../instance.ts'
import { json, printRows } from './output.ts'

export function quickcartCommands(program: Command): void {
  const quickcart = program
    .command('quickcart')
    .description('the Telegram shops: add one, list them, remove one')

  quickcart
    .command('list-stores')
    .description('every shop with its databases, its addresses and its outside parties')
    .option('--json', 'for scripts')
    .action((options: { json?: boolean }) => {
      const configuration = loadConfiguration()
      const stores = readStores(configuration.environment).map((store) => told(store, configuration))
      printRows(
        stores,
        {
          name: (row) => row.name,
          title: (row) => row.title,
          system: (row) => row.system,
          databases: (row) => row.databases.join(', '),
          API: (row) => row.api,
          bot: (row) => row.bot,
          gateway: (row) => row.gateway,
        },
        options.json,
      )
    })

  quickcart
    .command('add-store <name>')
    .description('one more shop, with databases, bot, gateway project, addresses and admins of its own')
    .option('--title <text>', 'what people call it')
    .option('--bot-token <token>', 'of its own bot, from @BotFather')
    .option('--admins <ids>', 'Telegram ids of its root admins, commas between')
    .option('--gateway-project <slug>', 'its own project at the gateway')
    .option('--gateway-key <key>', 'the API key of that project')
    .option('--json', 'for scripts')
    .addHelpText('after', SECRETS)
    .action(async (name: string, options: Omit<NewStore, 'name'> & { json?: boolean }) => {
      const { json: asJson, ...input } = options
      const configuration = loadConfiguration()
      const change = addStore(configuration.environment, { name, ...input })
      await write(configuration, change)
      await report(configuration, change, asJson, added)
    })

  quickcart
    .command('remove-store <name>')
    .description('take a shop out of the configuration; its databases and variables stay')
    .option('--json', 'for scripts')
    .action(async (name: string, options: { json?: boolean }) => {
      const configuration = loadConfiguration()
      const change = removeStore(configuration.environment, name)
      await write(configuration, change)
      await report(configuration, change, options.json, removed)
    })
}

const SECRETS = `
What is given here is written to the .env file. A secret on a command line is seen by others on the machine: set
QUICKCART_<NAME>_TELEGRAM_BOT_TOKEN and QUICKCART_<NAME>_PAKASIR_API_KEY yourself first, and leave the options away.`

/** @throws store_list_elsewhere where writing the file would change nothing. */
async function write({ environment }: Configuration, { variables }: StoreChange): Promise<void> {
  const file = envFile()
  if ((environment[STORES] ?? '') !== (readEnvFile(file)[STORES] ?? '')) {
    throw fail('store_list_elsewhere', { variable: STORES, file, value: variables[STORES] })
  }
  await writeEnvFile(variables, file)
}

async function report(
  configuration: Configuration,
  change: StoreChange,
  asJson: boolean | undefined,
  say: (change: StoreChange) => readonly string[],
): Promise<void> {
  const { identity, variables } = change
  const running = await runningInstance(configuration.NIAGA_DATA)
  const written = Object.keys(variables)
  if (asJson) {
    const { name, title, system, databases, paths } = identity
    console.log(
      json({
        name,
        title,
        system,
        databases,
        paths,
        file: envFile(),
        written,
        running: running?.url ?? null,
      }),
    )
    return
  }
  const effect = running
    ? `Niaga runs at ${running.url}/ and goes on as it is: stop and start it for this to take effect.`
    : 'It takes effect at the next start.'
  console.log([...say(change), `  written to  ${envFile()}: ${written.join(', ')}`, effect].join('\n'))
}

function added({ identity, variables }: StoreChange): readonly string[] {
  const { name, title, databases, paths, variablePrefix } = identity
  const secret = `${variablePrefix}PAKASIR_WEBHOOK_SECRET`
  return [
    `The shop ${name}, "${title}", is added.`,
    `  databases   ${databases.shop} and ${databases.audits}; made at the next start where ${urlVariable(databases.shop)} and ${urlVariable(databases.audits)} name no others`,
    `  API         ${paths.api}`,
    `  webhooks    ${paths.webhooks}/telegram, ${paths.webhooks}/pakasir`,
    ...(secret in variables
      ? [`  register    https://<host>${paths.webhooks}/pakasir?token=<${secret}> at the gateway`]
      : []),
  ]
}

function removed({ identity }: StoreChange): readonly string[] {
  const { name, databases, variablePrefix } = identity
  return [
    `The shop ${name} is no longer configured. All it had is still there; "add-store ${name}" brings it back as it was.`,
    `  to be rid of it for good, after a backup and once nothing runs it:`,
    `              drop database ${databases.shop}; drop database ${databases.audits};`,
    `              and remove the variables ${variablePrefix}*`,
  ]
}

/** Without a secret. */
function told(identity: StoreIdentity, { environment }: Configuration) {
  const { name, title, system, databases, paths } = identity
  const { telegram, pakasir } = readShopConfiguration(identity, environment, { baseUrl: '', publicUrl: '' })
  return {
    name,
    title,
    system,
    databases: [databases.shop, databases.audits],
    api: paths.api,
    webhooks: paths.webhooks,
    bot: telegram.simulated ? 'simulated' : telegram.token.split(':')[0],
    gateway: pakasir.simulated ? 'simulated' : pakasir.project,
  }
}
