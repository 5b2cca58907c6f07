import Fastify from 'fastify'
import { pakasirSimulator } from './plugin.ts'
import { PakasirSimulator, type PakasirSimulatorOptions } from './simulator.ts'

/** A simulated gateway on a port of its own (0: any free one), for tests and for playing with it alone. */
export async function startPakasirSimulator(options: PakasirSimulatorOptions & { readonly port?: number }) {
  const simulator = new PakasirSimulator(options)
  const app = Fastify()
  await app.register(pakasirSimulator, { simulator })
  const url = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  const close = async () => {
    await app.close()
    await simulator.close()
  }
  return { simulator, url, close }
}
