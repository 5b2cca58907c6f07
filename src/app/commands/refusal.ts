/** A command that was not carried out; its text is the whole answer. Exit code 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
