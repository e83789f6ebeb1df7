/** Runs checks side by side. Each has its own deadline and its own way to fail: none can silence another. */
import { now } from '../kernel/clock.ts'
import { formatDuration } from '../kernel/units.ts'
import type { Check, CheckContext } from './check.ts'
import { type CheckReport, type CheckState, type Finding, SEVERITIES } from './finding.ts'

/** All reports, in the order of the checks. Never rejects. */
export function runChecks(
  checks: readonly Check[],
  context: Omit<CheckContext, 'signal'>,
): Promise<CheckReport[]> {
  return Promise.all(checks.map((check) => runCheck(check, context)))
}

async function runCheck(check: Check, context: Omit<CheckContext, 'signal'>): Promise<CheckReport> {
  const start = now()
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      resolve(giveUp(check))
      abort.abort()
    }, check.deadlineMs)
  })
  const { state, findings } = await Promise.race([
    attempt(check, { ...context, signal: abort.signal }),
    deadline,
  ])
  clearTimeout(timer)
  const { id, group, title } = check
  return { id, group, title, state, ms: now() - start, findings }
}

interface Outcome {
  readonly state: CheckState
  readonly findings: readonly Finding[]
}

async function attempt(check: Check, context: CheckContext): Promise<Outcome> {
  try {
    return { state: 'done', findings: await check.run(context) }
  } catch (error) {
    return { state: 'crashed', findings: [describeCrash(check, error)] }
  }
}

function describeCrash({ id }: Check, error: unknown): Finding {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  // Where in our own code; nothing of the machine.
  const at =
    error instanceof Error ? (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line)) : ''
  return {
    id: `${id}.crashed`,
    severity: 'could-not-check',
    summary: `the check "${id}" itself failed: ${reason}`,
    evidence: at ? [at.trim()] : [],
    remedy: 'this is a fault of the doctor, not of your stack: report it with the lines above',
  }
}

function giveUp({ id, deadlineMs }: Check): Outcome {
  const finding: Finding = {
    id: `${id}.timed-out`,
    severity: 'could-not-check',
    summary: `the check "${id}" did not end within ${formatDuration(deadlineMs)}`,
    remedy: `run it alone: smokechain doctor ${id}`,
  }
  return { state: 'timed-out', findings: [finding] }
}

/**
 * All findings, errors first. Within a severity the order of the checks stays, which is that of causes: what stands
 * first may explain what follows.
 */
export function sortFindings(reports: readonly CheckReport[]): Finding[] {
  const rank = (finding: Finding): number => SEVERITIES.indexOf(finding.severity)
  return reports.flatMap((report) => report.findings).sort((a, b) => rank(a) - rank(b))
}
