/** `ready` and `alive` as written, as zod schemas. */
import { z } from 'zod'
import { carried, filled, httpTarget, pattern, sqlUrl } from './fields.ts'

/** Program and arguments. */
export const command = z.array(carried).meta({ minItems: 1 })
const bindName = filled.meta({
  description: 'Which of the daemon’s sockets is asked. Default: the first.',
  examples: ['admin'],
})
const json = z.unknown()

const http = z.union([
  httpTarget,
  z.strictObject({
    path: httpTarget
      .optional()
      .meta({ description: 'A path on the daemon’s own socket.', examples: ['/health'] }),
    url: httpTarget
      .optional()
      .meta({ description: 'A whole URL, instead of `path`.', examples: ['{url.gateway}/v1/health'] }),
    status: z
      .int()
      .min(100)
      .max(599)
      .optional()
      .meta({ description: 'The status that must be answered.', default: 200, examples: [204] }),
    json: json.optional().meta({
      description: 'What the JSON answer must hold: every key named here, with this value.',
      examples: [{ status: 'ok' }],
    }),
    bind: bindName.optional(),
  }),
])

const tcp = z.union([
  z.literal(true),
  filled,
  z.strictObject({
    target: filled
      .optional()
      .meta({ description: '`host:port` of another socket.', examples: ['127.0.0.1:5432'] }),
    bind: bindName.optional(),
  }),
])

const sql = z.union([
  filled,
  z.strictObject({
    statement: filled.meta({
      description: 'The statement that must succeed. Taken as it is: no placeholders.',
      examples: ['SELECT 1'],
    }),
    expect: json
      .optional()
      .meta({ description: 'The value of the first column of the first row.', examples: [1] }),
    url: sqlUrl.optional().meta({
      description: 'A database instead of the daemon’s HTTP endpoint: `postgres://…` or `mysql://…`.',
      examples: ['postgres://postgres@{bind}/postgres'],
    }),
    bind: bindName.optional(),
  }),
])

/** What `ready` and `alive` ask; all that are named must hold. */
export const probes = z.strictObject({
  http: http.optional().meta({
    description: 'GET answers with the status. A path, a URL, or a table.',
    examples: ['/health', { path: '/ready', status: 204 }],
  }),
  tcp: tcp.optional().meta({
    description: 'A TCP connection succeeds: `true` for the daemon’s own socket, `host:port`, or a table.',
    examples: [true, '127.0.0.1:5432'],
  }),
  sql: sql.optional().meta({
    description: 'A SQL statement succeeds over the daemon’s HTTP endpoint or a database URL.',
    examples: ['SELECT 1', { statement: 'SELECT count(*) FROM t', expect: 3 }],
  }),
  log: pattern.optional().meta({
    description:
      'A line of its output matches this regular expression (JavaScript). Taken as it is: no placeholders.',
    examples: ['ready to accept connections'],
  }),
  fd: z
    .int()
    .min(3)
    .max(255)
    .optional()
    .meta({
      description: 'The daemon writes a newline to this inherited descriptor, as s6 defines it.',
      examples: [3],
    }),
  command: command.optional().meta({
    description: 'This command exits with 0.',
    examples: [['pg_isready', '-h', '127.0.0.1', '-p', '{port}']],
  }),
  file: filled
    .optional()
    .meta({ description: 'This file exists. Relative to the daemon’s `cwd`.', examples: ['{data}/ready'] }),
  socket: filled.optional().meta({
    description: 'This Unix socket accepts a connection. Relative to the daemon’s `cwd`.',
    examples: ['{data}/pg.sock'],
  }),
})
