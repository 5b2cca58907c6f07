/**
 * Answers are written by code that fast-json-stringify makes of their schema: for each answer when it is first given. Of
 * a thousand that routes declare, errors above all, most never are, and a start need not wait for all of them.
 */
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'

type Factory = ReturnType<typeof SerializerSelector>

const buildSerializers = SerializerSelector()

export const lazySerializers: Factory = (...how) => {
  const compile = buildSerializers(...how)
  return (route) => {
    let serialize: ReturnType<typeof compile> | undefined
    return (answer) => {
      serialize ??= compile(route)
      return serialize(answer)
    }
  }
}
