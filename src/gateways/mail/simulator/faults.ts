/**
 * The bad days a mail server can have:
 * - `outage`: the connection breaks at once
 * - `temporary`: 451, try again later
 * - `refuse_recipient`: 550, there is no such mailbox
 * - `refuse_message`: 554, taken for spam once the text is there
 * - `cut_after_data`: keeps the mail, but the connection breaks before it says so
 * - `slow`: answers as late as `slowMs` says
 */
export const MAIL_FAULTS = [
  'outage',
  'temporary',
  'refuse_recipient',
  'refuse_message',
  'cut_after_data',
  'slow',
] as const
export type MailFault = (typeof MAIL_FAULTS)[number]
