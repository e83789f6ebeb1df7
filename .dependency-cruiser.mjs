// The rooms of src/ and who may import whom (docs/decisions.md). A room may import itself and what is listed here.
const rooms = {
  cli: [
    'gauntlet',
    'claims',
    'parity',
    'review',
    'watch',
    'page',
    'history',
    'operate',
    'doctor',
    'export',
    'gate',
    'chain',
    'daemon',
    'smoke',
    'readiness',
    'stack',
    'ledger',
    'host',
    'kernel',
  ],
  gauntlet: ['chain', 'parity', 'review', 'claims', 'ledger', 'host', 'stack', 'kernel'],
  watch: ['operate', 'chain', 'daemon', 'smoke', 'readiness', 'ledger', 'host', 'stack', 'kernel'],
  claims: ['ledger', 'host', 'stack', 'kernel'],
  parity: ['host', 'stack', 'kernel'],
  review: ['ledger', 'host', 'stack', 'kernel'],
  page: ['ledger', 'host', 'kernel'],
  history: ['ledger', 'host', 'kernel'],
  operate: ['chain', 'daemon', 'smoke', 'readiness', 'ledger', 'host', 'stack', 'kernel'],
  chain: ['daemon', 'smoke', 'readiness', 'host', 'stack', 'kernel'],
  daemon: ['readiness', 'host', 'stack', 'kernel'],
  smoke: ['readiness', 'host', 'stack', 'kernel'],
  readiness: ['host', 'stack', 'kernel'],
  doctor: ['ledger', 'host', 'stack', 'kernel'],
  gate: ['ledger', 'host', 'kernel'],
  export: ['stack', 'kernel'],
  ledger: ['kernel'],
  stack: ['kernel'],
  host: ['kernel'],
  kernel: [],
}

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room}`,
  severity: 'error',
  comment: `src/${room} may import only: ${[room, ...allowed].join(', ')}`,
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...roomRules,
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'tool-knows-no-platform',
      severity: 'error',
      comment: 'src/ and lakehouse/ meet over HTTP and in stacks/*.toml, never by import',
      from: { path: '^src/' },
      to: { path: '^(lakehouse|smokes)/' },
    },
    {
      name: 'platform-knows-no-tool',
      severity: 'error',
      from: { path: '^lakehouse/' },
      to: { path: '^(src|smokes)/' },
    },
    {
      name: 'daemons-do-not-import-each-other',
      severity: 'error',
      comment: 'a daemon shares only lakehouse/kit',
      from: { path: '^lakehouse/(?!kit/)([^/]+)/' },
      to: { path: '^lakehouse/(?!kit/)([^/]+)/', pathNot: '^lakehouse/$1/' },
    },
    {
      name: 'kit-knows-no-daemon',
      severity: 'error',
      from: { path: '^lakehouse/kit/' },
      to: { path: '^lakehouse/(?!kit/)' },
    },
    {
      name: 'only-host-touches-the-system',
      severity: 'error',
      comment: 'spawning, sockets and the process table live in src/host',
      from: {
        path: '^src/(?!host/)',
        pathNot: '\\.test\\.ts$|/fixtures/|^src/smoke/runtime/|^src/smokechain',
      },
      to: {
        path: '^(node:)?(child_process|net|dgram|cluster|worker_threads)$|node_modules/(execa|pidusage)/',
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
