// Runs before `npm start` and `npm test`, with whatever Node (from 20) is there: installs what the lock file
// says where that was not done yet. Afterwards npm's path finds the Node of node_modules.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const changed = (...path) => statSync(join(root, ...path), { throwIfNoEntry: false })?.mtimeMs ?? 0

// npm writes the second file at the end of every install.
if (changed('package-lock.json') > changed('node_modules', '.package-lock.json')) {
  console.log('Installing what the lock file names (a minute the first time) ...')
  const windows = process.platform === 'win32'
  // Development packages too: `npm test` on a production machine must not fail half way.
  const { status, error } = spawnSync(windows ? 'npm.cmd' : 'npm', ['ci', '--include=dev', '--no-progress'], {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
  })
  if (status !== 0) {
    console.error(
      `npm ci failed${error ? `: ${error.message}` : ''}. Is the network there? Try "npm ci" by hand.`,
    )
    process.exit(status ?? 1)
  }
}
