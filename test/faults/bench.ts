/** Where faults are tried: a project of its own that shares everything with the repository but its logs. */
import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const PROXY = join(REPOSITORY, 'test/faults/proxy.ts')
const SHARED = ['smokes', 'node_modules', 'package.json']
/** Ends a run that hangs. */
const LIMIT_MS = 180_000
const MAX_OUTPUT = 64 * 2 ** 20

/** An expectation that did not hold. */
export interface Red {
  readonly step: string
}

export interface Row {
  readonly smoke: string
  readonly class: string
  readonly headlines: readonly string[]
  /** The first expectation that did not hold. */
  readonly red?: Red
}

export interface Outcome {
  readonly rows: readonly Row[]
  /** All that went wrong outside of the smokes: the boot, leaks, deaths, faults of the tool. */
  readonly others: readonly string[]
}

export interface Bench extends Disposable {
  /** `smokechain verify --only smokes` on the stack in which `daemon` stands behind a proxy with this fault. */
  verify(o: { daemon: string; fault: string; smokes: readonly string[] }): Promise<Outcome>
}

/** The parts of ledger.json that are read here. */
interface Described {
  readonly tag: string
  readonly headline: string
  readonly data: { readonly step?: string }
}
interface Ledger {
  readonly rows: readonly {
    readonly smoke: string
    readonly class: string
    readonly failures: readonly Described[]
  }[]
  readonly boot?: { readonly ok: boolean; readonly failures: readonly Described[] }
  readonly leaks: readonly Described[]
  readonly deaths: readonly Described[]
  readonly evidenceLost: readonly Described[]
  readonly faults: readonly Described[]
}

/** @param stack the stack file whose daemons are broken. */
export function openBench(stack = join(REPOSITORY, 'stacks/dev.toml')): Bench {
  const bench = realpathSync(mkdtempSync(join(tmpdir(), 'smoke-faults-')))
  const text = readFileSync(stack, 'utf8')
  return {
    async verify({ daemon, fault, smokes }) {
      const root = mkdtempSync(join(bench, 'run-'))
      mkdirSync(join(root, 'stacks'))
      for (const name of SHARED) symlinkSync(join(REPOSITORY, name), join(root, name))
      const isJob = !text.includes(`[daemons.${daemon}]`)
      if (isJob) wrapJob(root, daemon, fault)
      else symlinkSync(join(REPOSITORY, 'lakehouse'), join(root, 'lakehouse'))
      const file = join(root, 'stacks', 'faulty.toml')
      writeFileSync(file, isJob ? text : wrapCommand(text, daemon, fault))
      return readOutcome(await runVerify(root, file, smokes))
    },
    [Symbol.dispose]: () => rmSync(bench, { recursive: true, force: true }),
  }
}

/** A copy of lakehouse/ by links, in which one job's program is replaced. */
function wrapJob(root: string, job: string, fault: string): void {
  const real = join(REPOSITORY, 'lakehouse')
  mkdirSync(join(root, 'lakehouse', job), { recursive: true })
  for (const name of readdirSync(real)) {
    if (name !== job) symlinkSync(join(real, name), join(root, 'lakehouse', name))
  }
  const [wrapper, main] = [join(REPOSITORY, 'test/faults/job.ts'), join(real, job, 'main.ts')].map((path) =>
    JSON.stringify(path),
  )
  const program = `import { runBroken } from ${wrapper}\nrunBroken(${JSON.stringify(fault)}, ${main})\n`
  writeFileSync(join(root, 'lakehouse', job, 'main.ts'), program)
}

/** The stack file with the proxy in front of one daemon's command. */
function wrapCommand(text: string, daemon: string, fault: string): string {
  const header = `[daemons.${daemon}]\ncommand = [`
  if (!text.includes(header)) throw new Error(`the stack file has no command for ${daemon}`)
  const proxy = ['node', '--disable-warning=ExperimentalWarning', PROXY, fault]
  return text.replace(header, `${header}${proxy.map((word) => JSON.stringify(word)).join(', ')}, `)
}

function runVerify(root: string, stack: string, smokes: readonly string[]): Promise<string> {
  const args = [
    join(REPOSITORY, 'src/smokechain.mjs'),
    'verify',
    '--stack',
    stack,
    '--json',
    '--only',
    ...smokes,
  ]
  return new Promise((resolve, reject) => {
    const options = { cwd: root, timeout: LIMIT_MS, killSignal: 'SIGTERM', maxBuffer: MAX_OUTPUT } as const
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // A red run exits with 1; without a ledger there was no run at all.
      if (stdout.startsWith('{')) resolve(stdout)
      else reject(new Error(`no ledger: ${stderr || String(error)}`))
    })
  })
}

function readOutcome(json: string): Outcome {
  const ledger: Ledger = JSON.parse(json)
  const others = [
    ...(ledger.boot?.failures ?? []),
    ...ledger.leaks,
    ...ledger.deaths,
    ...ledger.evidenceLost,
    ...ledger.faults,
  ]
  return {
    rows: ledger.rows.map(({ smoke, class: verdict, failures }) => {
      const red = failures.find((failure) => failure.tag === 'step-failed')
      return {
        smoke,
        class: verdict,
        headlines: failures.map((failure) => failure.headline),
        ...(red ? { red: { step: red.data.step ?? '' } } : {}),
      }
    }),
    others: others.map((failure) => failure.headline),
  }
}
