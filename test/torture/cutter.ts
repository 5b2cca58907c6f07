/** Between the application and one of its databases: connections are cut here, at the worst moments too. */
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A simple query of nothing but COMMIT, as PostgreSQL's protocol writes it. */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1')

export class Cutter {
  /** Next commits that reach the server while their answer never reaches the application. */
  commitsToSwallow = 0
  /** Next commits that never reach the server. */
  commitsToCut = 0
  /** Nobody comes in, and who was in is out. */
  #isShut = false
  #target: () => number
  readonly #server: Server
  readonly #pairs = new Set<{ client: Socket; server: Socket }>()

  private constructor(server: Server, target: () => number) {
    this.#server = server
    this.#target = target
  }

  static async open(target: () => number): Promise<Cutter> {
    const server = createServer()
    const proxy = new Cutter(server, target)
    server.on('connection', (client) => proxy.#accept(client))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  set shut(isShut: boolean) {
    this.#isShut = isShut
    if (isShut) this.cutAll()
  }

  cutAll(share = 1): void {
    for (const { client, server } of this.#pairs) {
      if (share < 1 && Math.random() > share) continue
      client.destroy()
      server.destroy()
    }
  }

  heal(): void {
    this.#isShut = false
    this.commitsToCut = 0
    this.commitsToSwallow = 0
  }

  close(): void {
    this.cutAll()
    this.#server.close()
  }

  #accept(client: Socket): void {
    if (this.#isShut) {
      client.destroy()
      return
    }
    const server = connect(this.#target(), '127.0.0.1')
    const pair = { client, server }
    this.#pairs.add(pair)
    let isSwallowing = false
    const end = () => {
      client.destroy()
      server.destroy()
      this.#pairs.delete(pair)
    }
    client.on('data', (data) => {
      if (data.includes(COMMIT)) {
        if (this.commitsToCut > 0) {
          this.commitsToCut -= 1
          end()
          return
        }
        if (this.commitsToSwallow > 0) {
          this.commitsToSwallow -= 1
          isSwallowing = true
        }
      }
      server.write(data)
    })
    server.on('data', (data) => {
      // The server has committed; the application will never know from this connection.
      if (isSwallowing) end()
      else client.write(data)
    })
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      // A cut connection is what this is for.
      socket.on('error', () => undefined)
      socket.on('close', end)
    }
  }
}
