/** A reporter for node's test runner: the files in which a test failed, one a line. */
import type { TestEvent } from 'node:test/reporters'

export default async function* failedFiles(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const told = new Set<string>()
  for await (const event of events) {
    if (event.type !== 'test:fail') continue
    // A file whose process died is itself the test that failed.
    const { file = event.data.name } = event.data
    // A hook that failed names the helper it stands in.
    if (!file.endsWith('.test.ts') || told.has(file)) continue
    told.add(file)
    yield `${file}\n`
  }
}
