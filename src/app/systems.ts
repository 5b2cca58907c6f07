/** The businesses this process runs, in the order they are shown: what there is, and how often, is configured. */
import type { Environment } from '../platform/configuration.ts'
import type { SystemManifest } from '../platform/system.ts'
import { quickcartStores } from '../systems/quickcart/system.ts'
import { userstate } from '../systems/userstate/system.ts'

/** @throws ConfigurationError */
export function systemsOf(environment: Environment): readonly SystemManifest[] {
  return [...quickcartStores(environment), userstate]
}
