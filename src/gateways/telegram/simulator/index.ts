/** The door of the simulator. */
export { type RunningSimulator, startTelegramSimulator, telegramSimulator } from './plugin.ts'
export { TelegramSimulator } from './simulator.ts'
export type { SimMessage, Transcript } from './types.ts'
