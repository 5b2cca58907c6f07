/** Push messages go to FCM, or to phones that we play ourselves where no service account is configured. */
import { dirname, join } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { createFcmClient, type FcmClient } from '../../../gateways/fcm/client.ts'
import { readServiceAccount } from '../../../gateways/fcm/service-account.ts'
import { fcmSimulator } from '../../../gateways/fcm/simulator/plugin.ts'
import { FcmSimulator } from '../../../gateways/fcm/simulator/simulator.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import { foreignScope } from '../../../platform/access/guard.ts'
import {
  ConfigurationError,
  type Environment,
  optional,
  readVariables,
  secret,
  text,
  type Variables,
} from '../../../platform/configuration.ts'

const variables = {
  FCM_PROJECT_ID: text('the Firebase project that messages are sent through', /^[\w-]{1,64}$/, {
    fallback: 'userstate',
  }),
  FCM_SERVICE_ACCOUNT: optional(secret('JSON of its service account; a simulator where unset', /^\{.+\}$/s)),
}

export const pushVariables: Variables = variables

const REAL = 'https://fcm.googleapis.com'
const SIMULATOR_PATH = '/sim/fcm'

export interface Push {
  readonly client: FcmClient
  readonly simulator: FcmSimulator | undefined
}

export interface PushSurroundings {
  readonly environment: Environment
  /** Where this server is reached from this machine. */
  readonly baseUrl: string
  readonly anchorPath: string
  readonly clock: Clock
  readonly log: Log
}

/** @throws ConfigurationError */
export function readPushConfiguration(environment: Environment) {
  const { FCM_PROJECT_ID: project, FCM_SERVICE_ACCOUNT: given } = readVariables(variables, environment)
  if (given === undefined) {
    if (environment.NIAGA_ENVIRONMENT?.trim() !== 'production') return { project, account: undefined }
    throw new ConfigurationError(['FCM_SERVICE_ACCOUNT: is needed in production'])
  }
  const account = readServiceAccount(given)
  if (!account) throw new ConfigurationError(['FCM_SERVICE_ACCOUNT: is not the JSON of a service account'])
  return { project, account }
}

/** @throws ConfigurationError */
export function openPush({ environment, baseUrl, anchorPath, clock, log }: PushSurroundings): Push {
  const { project, account: real } = readPushConfiguration(environment)
  if (real) {
    const client = createFcmClient({ baseUrl: REAL, project, account: async () => real, clock, log })
    return { client, simulator: undefined }
  }
  // Phones do not forget what they were told because a wallet was killed.
  const stateFile = join(dirname(anchorPath), 'userstate-fcm-simulator.jsonl')
  const simulator = new FcmSimulator({ clock, project, stateFile })
  const simulated = `${baseUrl}${SIMULATOR_PATH}`
  const account = () => simulator.access.account(project, simulated)
  return { client: createFcmClient({ baseUrl: simulated, project, account, clock, log }), simulator }
}

/** The phones' page, where we play them. */
export async function simulatedPhones(app: FastifyInstance, { simulator }: Push): Promise<void> {
  if (!simulator) return
  const plugin: FastifyPluginAsync = async (scope) => {
    foreignScope(scope)
    await scope.register(fcmSimulator, { prefix: SIMULATOR_PATH, simulator })
  }
  await app.register(plugin)
}
