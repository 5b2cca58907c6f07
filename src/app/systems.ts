/** The businesses this process runs, in the order they are shown. */
import type { SystemManifest } from '../platform/system.ts'
import { quickcart } from '../systems/quickcart/system.ts'

export const systems: readonly SystemManifest[] = [quickcart]
