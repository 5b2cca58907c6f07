// The house's floors: an import goes down or stays in its folder.
const FLOORS = ['kernel', 'postgres', 'ledger', 'platform', 'gateways', 'systems', 'app']

const down = FLOORS.map((floor, i) => ({
  name: `${floor}-looks-down`,
  comment: `src/${floor} may import only itself and the floors below it`,
  severity: 'error',
  from: { path: `^src/${floor}/`, pathNot: '\\.test\\.ts$' },
  to: { path: `^src/(${FLOORS.slice(i + 1).join('|') || 'nothing-above'})/` },
}))

export default {
  forbidden: [
    ...down,
    {
      name: 'systems-apart',
      comment: 'no system imports another',
      severity: 'error',
      from: { path: '^src/systems/([^/]+)/' },
      to: { path: '^src/systems/', pathNot: '^src/systems/$1/' },
    },
    {
      name: 'gateways-apart',
      comment: 'a gateway is one outside party; what several need lies beside them',
      severity: 'error',
      from: { path: '^src/gateways/([^/]+)/' },
      to: { path: '^src/gateways/[^/]+/', pathNot: '^src/gateways/($1|simulation)/' },
    },
    {
      name: 'product-without-tests',
      comment: 'nothing that runs imports test helpers',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'kernel-without-io',
      comment: 'the kernel does no I/O',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared',
      comment: 'what runs is named in dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
