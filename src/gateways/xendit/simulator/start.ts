import Fastify from 'fastify'
import { xenditSimulator } from './plugin.ts'
import { XenditSimulator, type XenditSimulatorOptions } from './simulator.ts'

/** A simulated gateway on a port of its own (0: any free one), for tests and for playing with it alone. */
export async function startXenditSimulator(options: XenditSimulatorOptions & { readonly port?: number }) {
  const simulator = new XenditSimulator(options)
  const app = Fastify()
  await app.register(xenditSimulator, { simulator })
  const url = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  if (simulator.publicUrl === '') simulator.publicUrl = url
  const close = async () => {
    await app.close()
    await simulator.close()
  }
  return { simulator, url, close }
}
