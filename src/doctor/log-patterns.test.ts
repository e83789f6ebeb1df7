import { describe, expect, it } from 'vitest'
import { findErrorLines, listPatterns, recognise } from './log-patterns.ts'

/** Lines as programs really write them. */
const LINES: readonly (readonly [id: string, line: string])[] = [
  ['address-in-use', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3211'],
  ['address-in-use', 'listen tcp 127.0.0.1:9000: bind: address already in use'],
  [
    'duckdb-lock',
    'IO Error: Could not set lock on file "/data/q.duckdb": Conflicting lock is held in /usr/bin/duckdb (PID 4711).',
  ],
  ['permission', "Error: EACCES: permission denied, open '/data/objects/a'"],
  ['permission', 'mkdir: cannot create directory ‘/srv/x’: Permission denied'],
  ['out-of-memory', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ['out-of-memory', "terminate called after throwing an instance of 'std::bad_alloc'"],
  ['out-of-memory', 'Out of Memory Error: failed to allocate data of size 16.0 MiB'],
  [
    'shared-library',
    'api: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory',
  ],
  ['shared-library', "/lib/libc.so.6: version `GLIBC_2.38' not found (required by ./api)"],
  ['tls', 'x509: certificate signed by unknown authority'],
  ['tls', 'Error: self-signed certificate in certificate chain'],
  ['tls', 'write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number'],
  ['credentials', 'SignatureDoesNotMatch: The request signature we calculated does not match'],
  ['credentials', 'FATAL:  password authentication failed for user "shop"'],
  ['credentials', 'upstream answered 401 Unauthorized'],
  ['no-bucket', 'NoSuchBucket: The specified bucket does not exist'],
  [
    'clock-skew',
    'RequestTimeTooSkewed: The difference between the request time and the current time is too large.',
  ],
  ['disk-full', 'ENOSPC: no space left on device, write'],
  ['file-watchers', 'Error: ENOSPC: System limit for number of file watchers reached, watch /srv'],
  ['read-only', "EROFS: read-only file system, mkdir '/data'"],
  ['too-many-files', 'accept4: too many open files'],
  ['native-module', 'was compiled against a different Node.js version using NODE_MODULE_VERSION 115'],
  ['wrong-architecture', 'exec format error: ./bin/api'],
  ['old-node', 'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /srv/main.ts'],
  ['missing-module', "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'fastify'"],
  ['name-unknown', 'getaddrinfo ENOTFOUND storaged'],
  ['refused', 'connect ECONNREFUSED 127.0.0.1:5432'],
  ['address-not-available', 'listen EADDRNOTAVAIL: address not available 10.0.0.7'],
  ['database-missing', 'FATAL:  database "shop" does not exist'],
  ['corrupt', 'SqliteError: database disk image is malformed'],
  ['not-there', "ENOENT: no such file or directory, open 'config.toml'"],
]

describe('the table', () => {
  it.each(LINES)('%s: %s', (id, line) => {
    expect(recognise(['starting', line], listPatterns())).toMatchObject({ line, pattern: { id } })
  })
  it('has a line here for each of its patterns', () => {
    const proven = new Set(LINES.map(([id]) => id))
    expect(listPatterns().filter(({ id }) => !proven.has(id))).toEqual([])
  })
  it.each([
    'listening on 127.0.0.1:3211',
    'request GET /health 200 1 ms',
    'compacted 401 rows',
    'tls disabled',
    '',
  ])('knows nothing of: %s', (line) => expect(recognise([line], listPatterns())).toBeUndefined())
  it('is asked after the patterns of the stack, in their order', () => {
    const own = [
      { match: 'license', cause: 'first', remedy: 'r' },
      { match: 'EADDRINUSE', cause: 'second', remedy: 'r' },
    ]
    expect(recognise(['EADDRINUSE'], listPatterns(own))?.pattern).toMatchObject({
      id: 'stack-2',
      cause: 'second',
    })
  })
  it('prefers what tells more, wherever it stands', () =>
    expect(recognise(['ENOENT: x', 'EADDRINUSE'], listPatterns())?.pattern.id).toBe('address-in-use'))
})

it('finds the last lines that tell of an error', () => {
  const lines = ['ok', 'error: a', '{"level":30,"msg":"b"}', '{"level":50,"msg":"c"}', 'EMFILE', 'panic: d']
  expect(findErrorLines(lines, listPatterns(), 3)).toEqual(['{"level":50,"msg":"c"}', 'EMFILE', 'panic: d'])
  expect(findErrorLines(['fine', 'all well'], listPatterns())).toEqual([])
})

it.each([
  ['{"level":40,"msg":"request failed"}', false],
  ['{"level":50,"msg":"bye"}', true],
  ['{"level":"info","error":null}', false],
  ['{"severity":"ERROR","message":"x"}', true],
  ['{"lvl":"crit"}', true],
  ['time=1 level=warn msg="request failed"', false],
  ['time=1 level=error msg=bye', true],
  ['Error: boom', true],
])('believes the level that a line gives itself: %s', (line, bad) =>
  expect(findErrorLines([line], listPatterns())).toEqual(bad ? [line] : []),
)
