/** The door of the simulator. */
export type { CallFault, Fault, UpdateFault } from './faults.ts'
export type { Upload } from './params.ts'
export { type RunningSimulator, startTelegramSimulator, telegramSimulator } from './plugin.ts'
export { Refusal } from './refusal.ts'
export { type RecordedCall, TelegramSimulator, type TelegramSimulatorOptions } from './simulator.ts'
export type { ChatEvent, InlineButton, SimMessage, SimPerson, SimUser, Transcript } from './types.ts'
