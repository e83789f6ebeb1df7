/**
 * The stack file as written, as a zod schema: keys, types and what each is for. Rules that span keys are in
 * `check.ts`. `stacks/stack.schema.json` is generated from here: `node src/smokechain.mjs schema > stacks/stack.schema.json`.
 */
import { z } from 'zod'
import {
  address,
  carried,
  checked,
  duration,
  filled,
  NAME_PATTERN,
  refuseEmpty,
  restartPolicy,
  size,
  smokeId,
  watchPattern,
} from './fields.ts'
import { doctor } from './schema-doctor.ts'
import { command, probes } from './schema-probes.ts'

const environment = z.record(z.string(), carried)

const sqlEndpoint = z.strictObject({
  path: checked((text) =>
    text.startsWith('/') ? undefined : { message: `"${text}" is no path`, hint: 'a path begins with `/`' },
  )
    .optional()
    .meta({ description: 'Path the statement is posted to.', default: '/v1/sql', examples: ['/query'] }),
  statement_field: filled.optional().meta({
    description: 'Field of the JSON request that carries the statement.',
    default: 'sql',
    examples: ['query'],
  }),
  rows_field: filled.optional().meta({
    description: 'Field of the JSON answer that holds the rows.',
    default: 'rows',
    examples: ['data'],
  }),
  columns_field: filled.optional().meta({
    description: 'Field of the JSON answer that names the columns, where rows are arrays.',
    default: 'columns',
    examples: ['meta'],
  }),
})

const readyTimeout = duration(1).optional()
const stopGrace = duration(0).optional()

const shared = {
  cwd: filled.optional().meta({
    description: 'Working directory, relative to `{root}`.',
    default: '{root}',
    examples: ['services/api'],
  }),
  env: environment.optional().meta({
    description:
      'Environment variables, beside the small allowlist that every daemon gets. Values may hold placeholders.',
    examples: [{ RUST_LOG: 'info' }],
  }),
  ready_timeout: readyTimeout.meta({
    description: 'How long it may take to become ready.',
    default: '15s',
    examples: ['30s'],
  }),
  stop_grace: stopGrace.meta({
    description: 'Time between SIGTERM and SIGKILL.',
    default: '5s',
    examples: ['10s'],
  }),
  max_rss: size.optional().meta({
    description: 'Memory its whole process tree may hold; more fails the run.',
    examples: ['512MiB'],
  }),
  max_cpu: duration(1)
    .optional()
    .meta({
      description: 'CPU time its whole process tree may use while one smoke runs; more fails that smoke.',
      examples: ['20s'],
    }),
  max_fds: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .meta({
      description: 'Files, sockets and pipes its whole process tree may have open; more fails the run.',
      examples: [256],
    }),
  restart: restartPolicy.optional().meta({
    description: 'Whether a supervisor (`up`) starts it again when it ends by itself. `verify` never does.',
    default: 'never',
    examples: ['on-failure'],
  }),
  restart_limit: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .meta({
      description: 'How many restarts in a row before the supervisor gives up.',
      default: 5,
      examples: [10],
    }),
  restart_backoff: duration(1)
    .optional()
    .meta({
      description: 'Pause before the first restart; doubled for each further one, up to a minute.',
      default: '500ms',
      examples: ['2s'],
    }),
  sql: sqlEndpoint.optional().meta({
    description: 'Where it takes SQL over HTTP, and how request and answer spell it.',
    examples: [{ path: '/query' }],
  }),
}

const daemon = z.strictObject({
  command: command.meta({
    description: 'Program and arguments. No shell is involved.',
    examples: [['./bin/api', '--listen', '{bind}']],
  }),
  bind: address.optional().meta({
    description: 'The socket it listens on, `host:port`; port 0: a free one, leased for the run.',
    examples: ['127.0.0.1:0', '[::1]:8080'],
  }),
  binds: z
    .record(z.string(), address)
    .optional()
    .meta({
      description: 'Several sockets by name, instead of `bind`. The first one is what `{bind}` means.',
      examples: [{ http: '127.0.0.1:0', admin: '127.0.0.1:0' }],
      propertyNames: { pattern: NAME_PATTERN },
    }),
  needs: z
    .array(filled)
    .optional()
    .meta({
      description: 'Daemons that must be ready before it is started.',
      default: [],
      examples: [['storaged']],
    }),
  ready: probes.optional().meta({
    description: 'When it is ready; several probes must all hold. Default: its sockets listen.',
    examples: [{ http: '/health' }],
  }),
  alive: probes.optional().meta({
    description: 'What must go on holding while it runs; same form as `ready`.',
    examples: [{ http: '/health' }],
  }),
  expose: z
    .boolean()
    .optional()
    .meta({
      description: 'It may listen on addresses that other machines reach.',
      default: false,
      examples: [true],
    }),
  watch: z
    .array(watchPattern)
    .optional()
    .meta({
      description:
        'Files that belong to it beside its program and the modules that imports; `smokechain watch` restarts it when one changes. Globs, relative to `{root}`.',
      examples: [['services/api/**/*.go', 'services/api/go.mod']],
    }),
  ...shared,
})

/** The file as written. */
export const stackSchema = z.strictObject({
  name: checked(
    (text) =>
      refuseEmpty(text) ??
      (text.length > 64 || /[\0-\x1f\x7f]/.test(text)
        ? { message: 'at most 64 printable characters' }
        : undefined),
  )
    .optional()
    .meta({
      description: 'What the stack is called in reports. Default: the file’s name.',
      examples: ['dev'],
    }),
  chain: z
    .array(smokeId)
    .optional()
    .meta({ description: 'The smokes, in the ledger’s order.', minItems: 1, examples: [['d1', 'd2']] }),
  root: filled.optional().meta({
    description:
      'Folder of the project, `{root}`; relative to the file. Default: the file’s folder, or its parent when that is named `stacks`.',
    examples: ['..'],
  }),
  smokes: filled.optional().meta({
    description: 'Folder of the smokes, relative to `{root}`.',
    default: 'smokes',
    examples: ['checks'],
  }),
  data: filled.optional().meta({
    description:
      'Folder of the data that `up` keeps, relative to `{root}`; may hold `{root}` and `{env.VAR:-default}`. Without it, and with `verify`, data is thrown away.',
    examples: ['{env.SHOP_DATA:-data}'],
  }),
  secrets: z
    .array(filled)
    .optional()
    .meta({
      description:
        'Paths of values that must never be written anywhere, beside those that are secret by name.',
      examples: [['config.storaged.store.pin', 'daemons.api.env.LICENSE']],
    }),
  defaults: z
    .strictObject(shared)
    .optional()
    .meta({
      description: 'For every daemon that does not say otherwise.',
      examples: [{ ready_timeout: '30s' }],
    }),
  daemons: z
    .record(z.string(), daemon)
    .optional()
    .meta({
      description: 'The daemons by name.',
      propertyNames: { pattern: NAME_PATTERN },
      examples: [{ api: { command: ['./bin/api'] } }],
    }),
  config: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({
      description: 'Handed to the daemons as a TOML file, `{config}`, with placeholders filled in.',
      examples: [{ api: { bind: '{bind.api}' } }],
    }),
  doctor: doctor.optional().meta({
    description: 'What `doctor` should know of this stack.',
    examples: [{ s3: { endpoint: 'http://127.0.0.1:9000', bucket: 'shop' } }],
  }),
})

export type StackFile = z.infer<typeof stackSchema>
export type DaemonTable = z.infer<typeof daemon>
export type ProbesTable = z.infer<typeof probes>
export type SharedTable = Pick<DaemonTable, keyof typeof shared>

/** The JSON Schema (draft-07, which TOML editors read) of a stack file. */
export function stackJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(stackSchema, { target: 'draft-7', io: 'input' })
  return { $schema, title: 'smokechain stack file', ...rest }
}
