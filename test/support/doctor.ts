/** Runs the doctor on a project and reads its JSON; and an S3 store that answers everything in one way. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type Project, processesOf } from './project.ts'
import { quote } from './stacks.ts'
import { runTool } from './tool.ts'

export interface ReportedFinding {
  readonly id: string
  readonly severity: 'error' | 'warning' | 'could-not-check' | 'ok'
  readonly daemon?: string
  readonly summary: string
  readonly evidence: readonly string[]
  readonly remedy?: string
}

export interface Diagnosis {
  readonly code: number | null
  readonly stdout: string
  readonly findings: readonly ReportedFinding[]
  /** The first error. */
  readonly first: ReportedFinding | undefined
  /** Checks that did not come to their end. */
  readonly crashed: readonly string[]
}

export const pidsOf = (project: Project): number[] => processesOf(project).map(({ pid }) => pid)

/** `doctor --json` of the project's stack.toml. */
export async function diagnose(project: Project, ...checks: readonly string[]): Promise<Diagnosis> {
  const { stdout, stderr, code } = await runTool(project, [
    'doctor',
    '--stack',
    'stack.toml',
    '--json',
    ...checks,
  ])
  if (!stdout.startsWith('{')) throw new Error(`no report; the tool said:\n${stderr}`)
  const report: { findings: ReportedFinding[]; checks: { id: string; state: string }[] } = JSON.parse(stdout)
  const [first] = report.findings
  return {
    code,
    stdout,
    findings: report.findings,
    first: first?.severity === 'error' ? first : undefined,
    crashed: report.checks.filter(({ state }) => state !== 'done').map(({ id }) => id),
  }
}

/** A stack whose only concern is its store. */
export function s3Stack(endpoint: string, o: { key?: string; secret?: string } = {}): string {
  return [
    '[doctor.s3]',
    `endpoint = ${quote(endpoint)}`,
    'bucket = "shop"',
    `access_key_id = ${quote(o.key ?? 'shopkeeper')}`,
    `secret_access_key = ${quote(o.secret ?? 'swordfish')}`,
    '',
  ].join('\n')
}

/** An S3 store that refuses everything with this status and code. */
export async function fakeS3(o: {
  readonly status: number
  readonly code: string
  readonly date?: Date
}): Promise<AsyncDisposable & { readonly endpoint: string }> {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${o.code}</Code><Message>no</Message></Error>`
  const server = createServer((_, answer) => {
    answer.writeHead(o.status, {
      'content-type': 'application/xml',
      date: (o.date ?? new Date()).toUTCString(),
    })
    answer.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
