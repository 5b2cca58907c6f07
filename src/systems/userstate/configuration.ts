/** What UserState reads from the environment (its specification, §8). Unset, everything is simulated. */
import {
  ConfigurationError,
  type Environment,
  integer,
  optional,
  readAll,
  readVariables,
  secret,
  text,
  url,
  type Variables,
} from '../../platform/configuration.ts'
import { type FieldKeys, parseFieldKeys } from '../../platform/crypto/field-keys.ts'
import { databaseVariables } from './documented-url.ts'
import { gatewayVariables, readGatewayConfiguration } from './gateway/gateway-configuration.ts'
import { pushVariables, readPushConfiguration } from './push/open-push.ts'

const secrets = {
  FIELD_KEY: optional(
    secret('"k1:<base64 of 32 bytes>", newest first: seals bank numbers and signing keys', /^\S{40,}$/),
  ),
  OTP_PEPPER: optional(secret('16 characters and more: one-time codes are kept under it', /^\S{16,}$/)),
}

const stores = {
  MONGO_DB: optional(
    url('a MongoDB that keeps the document logs instead of PostgreSQL', ['mongodb:', 'mongodb+srv:']),
  ),
}

const limits = {
  RATE_REGISTER_PER_HOUR: integer('how many may register from one address in an hour', 1, 1_000_000_000, 20),
  RATE_USER_PER_MINUTE: integer('requests of a person in a minute', 1, 1_000_000_000, 300),
  RATE_SERVICE_PER_MINUTE: integer('requests of a service in a minute', 1, 1_000_000_000, 1200),
}

const mail = {
  SMTP_URL: optional(
    url('"smtp://user:password@host:587" or "smtps://…"; a sink with a page where unset', [
      'smtp:',
      'smtps:',
    ]),
  ),
  MAIL_FROM: text('whose mails they are', /^[^\s@<>]+@[^\s@<>]+$/, {
    fallback: 'no-reply@userstate.example',
  }),
}

/** Every variable, by its name. */
export const userstateVariables: Variables = {
  ...databaseVariables,
  ...secrets,
  ...stores,
  ...limits,
  ...mail,
  ...gatewayVariables,
  ...pushVariables,
}

/** Seal and keep nothing but play. */
const SANDBOX = {
  fieldKey: `sandbox:${Buffer.alloc(32, 'userstate').toString('base64')}`,
  pepper: 'sandbox-pepper-userstate',
}

export interface WalletConfiguration {
  readonly fieldKeys: FieldKeys
  readonly otpPepper: string
  /** With the database's name: "mongodb://localhost:27017/userstate". */
  readonly mongoUrl: string | undefined
  readonly limits: {
    readonly registrationsPerHour: number
    /** Requests of who is there, by kind. */
    readonly perMinute: { readonly user: number; readonly service: number }
  }
  readonly mail: {
    /** Undefined: the sink. */
    readonly url: string | undefined
    readonly from: { readonly name: string; readonly address: string }
  }
}

/** @throws ConfigurationError where production would run on the secrets of the sandbox */
export function readWalletConfiguration(environment: Environment): WalletConfiguration {
  const read = readVariables({ ...secrets, ...stores, ...limits, ...mail }, environment)
  const isProduction = environment.NIAGA_ENVIRONMENT?.trim() === 'production'
  const missing = [...Object.keys(secrets), 'SMTP_URL'].filter((name) => !environment[name]?.trim())
  if (isProduction && missing.length > 0) {
    throw new ConfigurationError(missing.map((name) => `${name}: is needed in production`))
  }
  return {
    fieldKeys: parseFieldKeys(read.FIELD_KEY ?? SANDBOX.fieldKey),
    otpPepper: read.OTP_PEPPER ?? SANDBOX.pepper,
    mongoUrl: read.MONGO_DB,
    limits: {
      registrationsPerHour: read.RATE_REGISTER_PER_HOUR,
      perMinute: { user: read.RATE_USER_PER_MINUTE, service: read.RATE_SERVICE_PER_MINUTE },
    },
    mail: { url: read.SMTP_URL, from: { name: 'UserState', address: read.MAIL_FROM } },
  }
}

/** Where the document logs are, if not in PostgreSQL. @throws ConfigurationError */
export function readMongoUrl(environment: Environment): string | undefined {
  return readVariables(stores, environment).MONGO_DB
}

/** Before anything is migrated or opened. @throws ConfigurationError with everything that production lacks */
export function checkWalletEnvironment(environment: Environment): void {
  readAll([
    () => readWalletConfiguration(environment),
    () => readGatewayConfiguration(environment, { baseUrl: '', publicUrl: '' }),
    () => readPushConfiguration(environment),
  ])
}
