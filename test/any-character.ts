import fc from 'fast-check'

/** Any character that text can hold, half surrogates apart; fast-check's own table of them takes seconds to build. */
export const anyCharacter = fc
  .nat(0x10ffff)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
