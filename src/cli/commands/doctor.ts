/**
 * `smokechain doctor`: why the stack is broken, and which command mends it. Changes nothing without `--fix`; works
 * when the stack file itself is broken.
 */
import { basename, dirname } from 'node:path'
import type { Check, CheckContext } from '../../doctor/check.ts'
import type { CheckReport } from '../../doctor/finding.ts'
import { cleanReports, listPublicWords, listSecrets } from '../../doctor/hide-secrets.ts'
import { CHECKS, selectChecks } from '../../doctor/registry.ts'
import { runChecks } from '../../doctor/runner.ts'
import { createSystem } from '../../doctor/system.ts'
import { messageOf } from '../../kernel/errno.ts'
import { loadStack } from '../../stack/load.ts'
import type { Stack } from '../../stack/types.ts'
import { asError, complain } from '../complain.ts'
import { ExitCode } from '../exit-codes.ts'
import {
  type AppliedFix,
  renderApplied,
  renderList,
  renderPlan,
  renderReport,
  renderReportJson,
} from '../render/doctor.ts'
import { createPaint, wantsColor } from '../render/paint.ts'
import { createSink } from '../render/sink.ts'
import { findDeadSupervisor, findRunningStack } from '../running-stack.ts'
import { findStackFile } from '../stack-file.ts'
import { nameVerb } from '../verb-command.ts'

export interface DoctorOptions {
  readonly stack: string
  readonly json?: boolean
  readonly list?: boolean
  readonly fix?: boolean
}

/** Runs the command. @returns 0, or 1 when there is an error among the findings; 2 for names that do not exist. */
export async function doctor(names: readonly string[], options: DoctorOptions): Promise<number> {
  const selected = selectChecks(names)
  if (!selected.ok) return complain(selected.error.map(asError), ExitCode.usage)
  const stdout = createSink(process.stdout)
  if (options.list) {
    for (const line of renderList(names.length === 0 ? CHECKS : selected.value)) stdout.line(line)
    await stdout.drain()
    return ExitCode.ok
  }

  const patient = await openPatient(options.stack)
  const people = options.json ? createSink(process.stderr) : stdout
  const paint = createPaint(wantsColor(options.json ? process.stderr : process.stdout, process.env))
  let reports = await examine(selected.value, patient)
  let fixes: AppliedFix[] | undefined
  if (options.fix) {
    const planned = listFixes(reports)
    for (const line of renderPlan(planned)) people.line(line)
    await people.drain()
    fixes = await applyAll(planned)
    if (fixes.length > 0) {
      for (const line of renderApplied(fixes, paint)) people.line(line)
      reports = await examine(selected.value, patient)
    }
  }

  const exitCode = hasErrors(reports) ? ExitCode.failed : ExitCode.ok
  if (options.json) {
    const { context, stack } = patient
    const named = { ...(stack === undefined ? {} : { name: stack.name }), file: context.file }
    stdout.write(renderReportJson(reports, { stack: named, ...(fixes && { fixes }), exitCode }))
  } else for (const line of renderReport(reports, paint)) people.line(line)
  await Promise.all([stdout.drain(), people.drain()])
  // A check that was given up may hold a socket or a process for long; nobody waits for it.
  if (reports.some(({ state }) => state === 'timed-out')) process.exit(exitCode)
  return exitCode
}

interface Patient {
  readonly context: Omit<CheckContext, 'signal' | 'runningStack'>
  readonly stack: Stack | undefined
}

async function openPatient(named: string): Promise<Patient> {
  const file = findStackFile(named, process.cwd())
  const loaded = await loadStack(file)
  const stack = loaded.ok ? loaded.value : undefined
  const context = {
    file,
    stack,
    diagnostics: loaded.ok ? [] : loaded.error,
    root: stack?.root ?? guessRoot(file),
    env: process.env,
    system: createSystem(),
    verb: (name: string) => nameVerb(name, named),
    deadSupervisor: () => findDeadSupervisor(file, process.env),
  }
  return { context, stack }
}

/** As the loader would have it, were the file readable. */
const guessRoot = (file: string): string =>
  basename(dirname(file)) === 'stacks' ? dirname(dirname(file)) : dirname(file)

async function examine(checks: readonly Check[], { context, stack }: Patient): Promise<CheckReport[]> {
  let asked: ReturnType<CheckContext['runningStack']> | undefined
  const runningStack: CheckContext['runningStack'] = () => {
    asked ??= findRunningStack(context.file, process.env)
    return asked
  }
  const reports = await runChecks(checks, { ...context, runningStack })
  return cleanReports(reports, listSecrets(stack, context.env), listPublicWords(stack))
}

const hasErrors = (reports: readonly CheckReport[]): boolean =>
  reports.some(({ findings }) => findings.some(({ severity }) => severity === 'error'))

interface PlannedFix {
  readonly id: string
  readonly does: string
  apply(): Promise<string | undefined>
}

function listFixes(reports: readonly CheckReport[]): PlannedFix[] {
  return reports.flatMap(({ findings }) =>
    findings.flatMap((finding) => {
      const fix = finding.severity === 'ok' ? undefined : finding.fix
      return fix ? [{ id: finding.id, does: fix.does, apply: () => fix.apply() }] : []
    }),
  )
}

/** One after the other; one that fails keeps no other from being tried. */
async function applyAll(planned: readonly PlannedFix[]): Promise<AppliedFix[]> {
  const applied: AppliedFix[] = []
  for (const { id, does, apply } of planned) {
    let obstacle: string | undefined
    try {
      obstacle = await apply()
    } catch (error) {
      obstacle = messageOf(error)
    }
    applied.push({ id, does, ...(obstacle === undefined ? {} : { obstacle }) })
  }
  return applied
}
