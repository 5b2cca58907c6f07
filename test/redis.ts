/** A Redis server for a test, where the machine has one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

export const redisMissing: string | false =
  spawnSync('redis-server', ['--version']).status === 0 ? false : 'there is no redis-server on the PATH'

export interface TestRedis {
  readonly url: string
  start(): Promise<void>
  /** Pulls the plug. */
  kill(): Promise<void>
}

export async function testRedis(): Promise<TestRedis> {
  const port = await freePort()
  let server: ChildProcess | undefined
  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const args = ['--port', String(port), '--save', '', '--appendonly', 'no']
      server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
      for await (const line of server.stdout ?? []) {
        if (String(line).includes('Ready to accept connections')) break
      }
    },
    async kill() {
      if (!server || server.exitCode !== null || server.signalCode !== null) return
      const gone = once(server, 'exit')
      server.kill('SIGKILL')
      await gone
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}
