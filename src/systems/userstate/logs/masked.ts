/** Fields of the gateway's objects that hold account numbers, card numbers or addresses of people. */
const PERSONAL =
  /^(?:account_number|payment_destination|masked_card_number|mobile_number|phone_number|account_holder_name|given_names|surname)$/
const MAIL_ADDRESS = /[^\s"'<>@:,]+@[^\s"'<>@:,]+\.[^\s"'<>@:,]+/g

/** JSON text of the gateway's object, which the logs keep for support; without what tells who a person is. */
export function maskedJson(payload: unknown): string {
  return JSON.stringify(payload, (name, value: unknown) => {
    if (typeof value !== 'string' && typeof value !== 'number') return value
    if (PERSONAL.test(name)) return '***'
    return typeof value === 'string' ? value.replace(MAIL_ADDRESS, '***') : value
  })
}
