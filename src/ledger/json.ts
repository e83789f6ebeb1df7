/** The shape of ledger.json, versioned and published (docs/ledger.schema.json). `json-document.ts` writes it. */
import { z } from 'zod'
import { VERDICT_CLASSES } from './classes.ts'

const milliseconds = z.number().min(0).describe('milliseconds')
const whole = z.int().min(0)

const failure = z
  .object({
    tag: z.string().describe('the kind of failure, e.g. bind-taken, died, step-failed'),
    headline: z.string(),
    detail: z.array(z.string()).describe('more lines; the last often says what to do next'),
    data: z.looseObject({ tag: z.string() }).describe('the facts; their fields depend on the tag'),
  })
  .meta({ id: 'failure', description: 'what went wrong, as facts and in words' })

const step = z
  .object({
    title: z.string(),
    ok: z.boolean(),
    ms: milliseconds,
    expectations: whole,
    claims: z.array(z.string()).optional().describe('claims of the smoke that this step is the evidence for'),
    failure: whole.optional().describe("its place in the row's failures, counted from 0"),
  })
  .meta({ id: 'step' })

const slowness = z.object({
  ms: milliseconds,
  limitMs: milliseconds.describe('more than this is slow'),
  medianMs: milliseconds.describe('of the earlier runs that it is compared with'),
  madMs: milliseconds.describe('median of their distances from the median'),
  samples: whole.describe('how many they are'),
})

const resources = z
  .object({
    cpuSeconds: z.number().min(0).optional().describe('user and system time, children included'),
    peakRssBytes: whole.optional().describe('largest memory that was seen'),
    threads: whole.optional().describe('most at once that were seen'),
    fds: whole.optional().describe('most open files, sockets and pipes at once that were seen'),
    loggedBytes: whole.optional().describe('written to stdout and stderr'),
  })
  .meta({
    id: 'resources',
    description:
      'what a process tree used (docs/resources.md); a figure that the system does not tell is absent',
  })

const daemonUse = z.object({
  daemon: z.string(),
  incarnations: whole.describe('how many processes of it were started, one after the other'),
  limits: z
    .object({ maxRssBytes: whole.optional(), maxCpuMs: whole.optional(), maxFds: whole.optional() })
    .optional()
    .describe('its budgets; absent when it has none'),
  resources: resources.optional().describe('by all of them, over the run'),
})

const row = z.object({
  smoke: z.string(),
  class: z.enum(VERDICT_CLASSES),
  ms: milliseconds,
  seconds: whole.describe('whole seconds, rounded down, as in the text ledger'),
  steps: whole,
  expectations: whole,
  stepList: z
    .array(step)
    .optional()
    .describe('the steps that ended, in the order in which they began; of very many only some'),
  stepsLeftOut: whole.optional().describe('how many steps that ended are not in stepList'),
  title: z.string().describe('the claim; empty when the smoke never began'),
  claims: z.array(z.string()).optional().describe('ids of the claims that it is evidence for'),
  why: z.string().optional(),
  reason: z.string().optional().describe('why it was skipped or not run'),
  slow: slowness.optional().describe('it took longer than it does (docs/history.md)'),
  failures: z.array(failure),
  logs: z.record(z.string(), z.array(z.string())).describe('last log lines of the daemons concerned'),
  resources: z
    .object({
      own: resources.optional().describe('by the process of the smoke, with whatever it started'),
      daemons: z.record(z.string(), resources).describe('by each daemon while the smoke ran'),
      others: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('share of the cores that went to others meanwhile'),
    })
    .optional()
    .describe('absent for a smoke that did not run'),
})

const ledgerSchema = z
  .object({
    schema: z
      .literal(1)
      .describe('version of this shape; it changes when a field changes its meaning or goes'),
    run: z.string(),
    at: z.string().describe('wall-clock start, ISO 8601'),
    dir: z.string(),
    ms: milliseconds,
    stack: z.object({ name: z.string(), file: z.string() }),
    tool: z.object({ version: z.string(), node: z.string(), platform: z.string() }),
    rerun: z.string().describe("the command that runs one smoke; append the smoke's name"),
    tree: z
      .string()
      .optional()
      .describe('id of the git tree that the run was made from; absent where it is not known'),
    dirty: z.boolean().optional().describe('that tree differs from the commit that was checked out'),
    machine: z
      .object({
        cpu: z.string(),
        cores: whole,
        load: z.number().min(0).describe('one-minute load average as the run began'),
        stressed: z.boolean().describe('the cores were kept busy on purpose'),
      })
      .optional(),
    green: z
      .boolean()
      .describe(
        'the whole chain ran on a stack of its own, all PASS, and nothing leaked, died, was lost or broke',
      ),
    attachedTo: whole
      .optional()
      .describe('PID of the supervisor whose running stack was looked at; never green'),
    exitCode: whole,
    complete: z.boolean().describe('the whole declared chain was selected and the run came to its end'),
    finished: z.boolean().describe('false: the run was killed'),
    gateLine: z.string().describe('the last line of the text ledger'),
    interrupted: z.enum(['SIGINT', 'SIGTERM', 'SIGHUP']).optional(),
    counts: z.object(
      Object.fromEntries(VERDICT_CLASSES.map((c) => [c, whole])) as Record<
        (typeof VERDICT_CLASSES)[number],
        typeof whole
      >,
    ),
    chain: z.array(z.string()),
    rows: z.array(row).describe('one for every selected smoke, in chain order'),
    daemons: z.array(daemonUse).optional().describe('in the order in which they were first started'),
    boot: z.object({ ok: z.boolean(), ms: milliseconds, failures: z.array(failure) }).optional(),
    leaks: z.array(failure),
    deaths: z.array(failure).describe('daemons that died while no smoke ran'),
    evidenceLost: z.array(failure),
    faults: z.array(failure).describe('faults of the tool itself'),
    warnings: z.array(z.string()),
  })
  .meta({ title: 'Ledger of a smoke chain run' })

export type LedgerDocument = z.infer<typeof ledgerSchema>

/**
 * Reads a ledger back.
 *
 * @throws Error that names the fields which are not as published.
 */
export function parseLedgerJson(text: string): LedgerDocument {
  const result = ledgerSchema.safeParse(JSON.parse(text))
  if (!result.success) throw new Error(`not a ledger of schema 1: ${z.prettifyError(result.error)}`)
  return result.data
}

/** The JSON Schema (draft 2020-12) of `ledger.json`. It allows fields that a later version may add. */
export function ledgerJsonSchema(): object {
  return z.toJSONSchema(ledgerSchema, { io: 'input' })
}
