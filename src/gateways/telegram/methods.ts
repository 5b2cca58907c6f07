/** The Bot API methods that Niaga uses; the simulator speaks exactly these (QuickCart, 7.1). */
export const TELEGRAM_METHODS = [
  'getMe',
  'getUpdates',
  'setWebhook',
  'deleteWebhook',
  'getWebhookInfo',
  'sendMessage',
  'sendPhoto',
  'sendSticker',
  'sendDocument',
  'editMessageText',
  'editMessageCaption',
  'editMessageReplyMarkup',
  'deleteMessage',
  'answerCallbackQuery',
  'setMyCommands',
  'deleteMyCommands',
  'getFile',
] as const

export type TelegramMethod = (typeof TELEGRAM_METHODS)[number]

/** Tells whether a stored row's method is one of those above. */
export function isTelegramMethod(name: string): name is TelegramMethod {
  return TELEGRAM_METHODS.some((method) => method === name)
}
