/** Why a shop is not added or removed; nothing was changed then. Told by the command `niaga quickcart`. */
import { type ErrorCatalogue, failWith } from '../../../kernel/errors.ts'

export const storeErrors = {
  store_name_invalid: { status: 422, text: '"{name}" cannot be a shop’s name: {rule}' },
  store_exists: { status: 409, text: 'There is a shop {name} already' },
  store_not_found: { status: 404, text: 'There is no shop {name}; there are {stores}' },
  store_is_first: { status: 409, text: '{name} is the first shop and always there' },
  store_title_invalid: { status: 422, text: 'A title is one line of 1 to 60 characters' },
  store_variable_set: {
    status: 409,
    text: '{variable} is set already, to something else: leave the option away to keep it, or remove the variable first',
  },
  store_credential_taken: {
    status: 409,
    text: '{variable} would be that of {other} too; every shop needs a bot and a gateway project of its own',
  },
  store_value_invalid: { status: 422, text: 'Not a value that can be:\n- {problems}' },
  store_incomplete: {
    status: 422,
    text: 'The shop could not start yet; set these or give the options:\n- {missing}',
  },
  store_list_elsewhere: {
    status: 409,
    text: '{variable} comes from the environment, which wins over {file}; set it there to "{value}"',
  },
} as const satisfies ErrorCatalogue

export const fail = failWith(storeErrors)
