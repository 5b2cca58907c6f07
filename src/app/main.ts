/** The command `niaga`. */
import { Command, CommanderError } from 'commander'
import { DomainError } from '../kernel/errors.ts'
import { ConfigurationError } from '../platform/configuration.ts'
import { VERSION } from '../platform/version.ts'
import { BackupRefused } from '../postgres/backup/archive.ts'
import { isConnectionLoss } from '../postgres/errors.ts'
import { MigrationFailed } from '../postgres/migrate/history.ts'
import { auditCommands } from './commands/audit.ts'
import { backupCommands } from './commands/backup.ts'
import { dbCommands } from './commands/db.ts'
import { generateCommand } from './commands/generate.ts'
import { inboxCommands } from './commands/inbox.ts'
import { jobsCommands } from './commands/jobs.ts'
import { keysCommands } from './commands/keys.ts'
import { ledgerCommands } from './commands/ledger.ts'
import { migrateCommands } from './commands/migrate.ts'
import { quickcartCommands } from './commands/quickcart.ts'
import { Refusal } from './commands/refusal.ts'
import { seedCommand } from './commands/seed.ts'
import { startCommand } from './commands/start.ts'
import { userstateCommands } from './commands/userstate.ts'
import { AlreadyRunning } from './instance.ts'

const program = new Command('niaga')
  .description('One backend for complete businesses: wallet, shop, billing, on PostgreSQL')
  .version(VERSION)
  .showHelpAfterError('(niaga --help lists all commands)')
  .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
  // Handed on to every command: wrong words are a refusal too, and told below.
  .exitOverride()

startCommand(program)
migrateCommands(program)
seedCommand(program)
backupCommands(program)
dbCommands(program)
ledgerCommands(program)
auditCommands(program)
inboxCommands(program)
jobsCommands(program)
keysCommands(program)
quickcartCommands(program)
userstateCommands(program)
generateCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    console.error(`niaga: ${explain(error)}`)
    process.exitCode = isRefusal(error) ? 2 : 1
  }
}

/** The command was not carried out because of what it was asked, not because something is wrong. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Refusal ||
    error instanceof BackupRefused ||
    (error instanceof DomainError && error.status < 500)
  )
}

/** What a person can act on, without a stack; a defect keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof DomainError) {
    const reason = error.cause instanceof Error ? ` (${error.cause.message})` : ''
    return [`${error.message} [${error.code}]${reason}`, ...problemsOf(error)].join('\n  ')
  }
  const expected = [ConfigurationError, MigrationFailed, BackupRefused, Refusal, AlreadyRunning].some(
    (kind) => error instanceof kind,
  )
  if (expected && error instanceof Error) return error.message
  if (isConnectionLoss(error)) return `a database does not answer (${String(error)})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What a refusal says besides its sentence: "topup.min must be number". */
function problemsOf({ message, details: { errors, reason } }: DomainError): string[] {
  const fields: unknown[] = Array.isArray(errors) ? errors : []
  return [
    ...(typeof reason === 'string' && !message.includes(reason) ? [reason] : []),
    ...fields.flatMap((one) =>
      typeof one === 'object' && one !== null && 'field' in one && 'reason' in one
        ? [`${one.field} ${one.reason}`]
        : [],
    ),
  ]
}
