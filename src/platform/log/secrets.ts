/** What counts as a secret in logs: by the name of its field, or by how it looks inside a text. */

/** Also inside longer names: `set-cookie`, `x-api-key`, `refreshToken`, `TELEGRAM_BOT_TOKEN`. Bodies hold people's data. */
export const SECRET_FIELD =
  /authorization|cookie|password|passwd|secret|token|api[-_]?key|signature|private|otp|init_?data|^(body|raw_body|content|contents|qr_string)$/i

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // ?token=…&api_key=… in addresses, and the same words in form bodies that got into a message.
  [
    /([?&;\s"'](?:[\w-]*(?:token|api[-_]?key|secret|password|signature|hash|otp))=)[^&\s"'#]+/gi,
    '$1[hidden]',
  ],
  // Telegram puts the bot's token into the path.
  [/\/bot\d+:[\w-]+/g, '/bot[hidden]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 [hidden]'],
  // Our own keys and tokens, and any JWT.
  [/\bniaga_([0-9a-f]{12})_[\w-]{20,}/g, 'niaga_$1_[hidden]'],
  [/\brt_[\w-]{20,}/g, 'rt_[hidden]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[hidden]'],
  // Passwords in addresses of databases and services.
  [/(\w+:\/\/[^\s:/@]*:)[^\s@/]+@/g, '$1[hidden]@'],
]

export function maskSecrets(text: string): string {
  return PATTERNS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text)
}
