import type { Actor } from './business.ts'

/** Tokens that somebody made of their own: signed by nobody, for somebody else, or of the wrong kind. */
export function forgedTokens(access: string, refresh: string, victim: string): Actor[] {
  const forged = `${access.slice(0, -4)}AAAA`
  const [head = '', , signature = ''] = access.split('.')
  const asVictim = Buffer.from(JSON.stringify({ sub: victim, exp: 4e9 })).toString('base64url')
  const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
  return [
    ['a forged signature', forged],
    ['a forged subject', `${head}.${asVictim}.${signature}`],
    ['an unsigned token', `${unsigned}.${asVictim}.`],
    ['a refresh token as access token', refresh],
  ].map(([name = '', token]) => ({ name, seesAll: false, headers: { authorization: `Bearer ${token}` } }))
}
