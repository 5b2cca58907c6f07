import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

const shape = Type.Object({
  project_id: Type.String({ minLength: 1 }),
  client_email: Type.String({ minLength: 3 }),
  private_key: Type.String({ pattern: '^-----BEGIN PRIVATE KEY-----' }),
  token_uri: Type.String({ pattern: '^https?://' }),
})
const validator = Compile(shape)

/** The JSON file that the console hands out, as far as it is needed. */
export type ServiceAccount = Static<typeof shape>

/** Undefined for what is no service account; never says why, for its text is a secret. */
export function readServiceAccount(text: string): ServiceAccount | undefined {
  try {
    const account: unknown = JSON.parse(text)
    return validator.Check(account) ? account : undefined
  } catch {
    return undefined
  }
}
