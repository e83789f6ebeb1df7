/** The S3 store of `[doctor.s3]`: reachable, credentials accepted, bucket there and writable, clocks together. */
import { randomBytes } from 'node:crypto'
import type { Diagnostic } from '../../stack/diagnostic.ts'
import { resolveDoctorS3 } from '../../stack/resolve-doctor.ts'
import type { DoctorS3, Stack } from '../../stack/types.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { listPatterns, recognise } from '../log-patterns.ts'
import { openS3, type S3Answer, type S3Asker } from '../s3-answer.ts'

/** Signed requests are refused from 15 minutes on. */
const SKEW_MS = { error: 15 * 60_000, warning: 60_000 }

export const s3Check: Check = createS3Check()

/** @param open how a store is asked; for tests. */
export function createS3Check(open: typeof openS3 = openS3): Check {
  return {
    id: 's3',
    group: 's3',
    title: 'the S3 store: reachable, credentials, bucket, writable, clock',
    deadlineMs: 20_000,
    async run(context) {
      const { stack, env, signal } = context
      if (stack === undefined) {
        return [
          notChecked(
            'the S3 store cannot be read off a stack file that is broken',
            'mend the stack file first; the check "stack-file" says how',
          ),
        ]
      }
      const resolved = resolveDoctorS3(stack, { ports: await findPorts(context), env })
      if (!resolved.ok) return [notChecked(describeVariables(resolved.error), describeExport(resolved.error))]
      if (resolved.value === undefined)
        return [ok('s3.none', 'the stack file names no S3 store ([doctor.s3])')]
      if (!resolved.value.known) {
        const { socket, daemon } = resolved.value
        const summary = `the S3 store is ${socket}, whose port is leased only while ${daemon} runs`
        const verbs = `${context.verb('up')}; ${context.verb('doctor')} s3`
        return [notChecked(summary, verbs)]
      }
      const { store } = resolved.value
      const asker = await open(store, signal)
      if (asker === undefined) {
        return [
          notChecked(
            'the AWS SDK, which asks the S3 store, is not installed',
            'npm install --no-save @aws-sdk/client-s3',
          ),
        ]
      }
      try {
        return await askStore(asker, store, stack)
      } finally {
        asker.close()
      }
    },
  }
}

const notChecked = (summary: string, remedy: string): Finding => ({
  id: 's3.unknown',
  severity: 'could-not-check',
  summary,
  remedy,
})

const describeVariables = (diagnostics: readonly Diagnostic[]): string =>
  `the S3 store is not fully named: ${diagnostics.map(({ message }) => message).join('; ')}`

function describeExport(diagnostics: readonly Diagnostic[]): string {
  const names = diagnostics
    .map(({ message }) => /`(\w+)`/.exec(message)?.[1])
    .filter((name) => name !== undefined)
  return names.map((name) => `export ${name}=…`).join('; ')
}

async function findPorts({ runningStack }: CheckContext): Promise<Map<string, Map<string, number>>> {
  const running = await runningStack()
  return new Map(
    running?.daemons.map(({ name, sockets }) => [name, new Map(sockets.map((one) => [one.name, one.port]))]),
  )
}

async function askStore(asker: S3Asker, store: DoctorS3, stack: Stack): Promise<Finding[]> {
  const listed = await asker.list()
  const skew = judgeClock(listed)
  if (!listed.ok) return [...(skew?.severity === 'error' ? [skew] : []), explain(listed, store, stack)]
  const key = `.smokechain-doctor-${randomBytes(6).toString('hex')}`
  const written = await asker.tryWriting(key)
  const state = written.ok
    ? ok('s3.writable', `${store.endpoint} answers, and bucket "${store.bucket}" can be read and written`)
    : explainWriting(written, store)
  return [...(skew ? [skew] : []), state]
}

function judgeClock({ date }: S3Answer): Finding | undefined {
  const skew = date === undefined ? 0 : Date.now() - date.getTime()
  if (Math.abs(skew) < SKEW_MS.warning) return undefined
  const seconds = Math.round(Math.abs(skew) / 1_000)
  return {
    id: 's3.clock-skew',
    severity: Math.abs(skew) < SKEW_MS.error ? 'warning' : 'error',
    summary: `this machine's clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} that of the S3 store; from 900 s on requests are refused`,
    remedy: 'sudo timedatectl set-ntp true   (macOS: sudo sntp -sS time.apple.com)',
  }
}

const AUTHENTICATION =
  /SignatureDoesNotMatch|InvalidAccessKeyId|InvalidSecurity|AuthorizationHeaderMalformed|ExpiredToken|InvalidToken/

function explain(answer: S3Answer, { endpoint, bucket, region }: DoctorS3, { file, doctor }: Stack): Finding {
  const { status, code = '', message = '' } = answer
  const evidence = [`${endpoint} said ${[status, code].filter(Boolean).join(' ')}: ${message}`]
  const about = { severity: 'error', evidence } as const
  if (code === 'NoSuchBucket' || status === 404) {
    const summary = `bucket "${bucket}" does not exist on ${endpoint}`
    const remedy = `aws s3 mb s3://${bucket} --endpoint-url ${endpoint} --region ${region}   (with the keys of [doctor.s3] in ${file})`
    return { id: 's3.bucket-missing', ...about, summary, remedy }
  }
  if (code === 'PermanentRedirect' || code === 'AuthorizationHeaderMalformed') {
    const remedy = `edit [doctor.s3] of ${file}: region = the one that the line above names`
    return {
      id: 's3.region',
      ...about,
      summary: `bucket "${bucket}" is in another region than "${region}"`,
      remedy,
    }
  }
  if (AUTHENTICATION.test(code) || status === 401) {
    const which = code === 'InvalidAccessKeyId' ? 'access_key_id is unknown' : 'secret_access_key is wrong'
    const key = code === 'InvalidAccessKeyId' ? 'access_key_id' : 'secret_access_key'
    const summary = `the S3 store ${endpoint} refuses the credentials (${which})`
    return {
      id: 's3.credentials',
      ...about,
      summary,
      remedy: `edit [doctor.s3] of ${file}: ${key}${sourceOf(key, doctor?.s3)}`,
    }
  }
  if (status === 403) {
    const summary = `the S3 store ${endpoint} knows the credentials, and denies them bucket "${bucket}"`
    const remedy = `allow s3:ListBucket, s3:GetObject and s3:PutObject on "${bucket}" for this access key, or edit [doctor.s3] of ${file}`
    return { id: 's3.denied', ...about, summary, remedy }
  }
  if (status !== undefined) {
    const summary = `the S3 store ${endpoint} answers with an error: ${status} ${code}`
    return { id: 's3.fault', ...about, summary, remedy: `curl -i ${endpoint}   (see what answers there)` }
  }
  const known = recognise([`${code} ${message}`], listPatterns())
  const summary = `the S3 store ${endpoint} cannot be reached: ${known?.pattern.cause ?? message}`
  const remedy = `start the store, or edit [doctor.s3] of ${file}: endpoint; then: curl -i ${endpoint}`
  return { id: 's3.unreachable', ...about, summary, remedy }
}

/** A value that comes from a variable is corrected there. */
function sourceOf(key: 'access_key_id' | 'secret_access_key', templates: DoctorS3 | undefined): string {
  const template = key === 'access_key_id' ? templates?.accessKeyId : templates?.secretAccessKey
  const variable = /\{env\.(\w+)/.exec(template ?? '')?.[1]
  return variable === undefined ? '' : ` comes from the variable ${variable}: export ${variable}=…`
}

function explainWriting(answer: S3Answer, { bucket, endpoint }: DoctorS3): Finding {
  const { status, code = '', message = '' } = answer
  const full = /StorageFull|QuotaExceeded/i.test(code)
  return {
    id: 's3.not-writable',
    severity: 'error',
    summary: full
      ? `the S3 store ${endpoint} is full`
      : `bucket "${bucket}" on ${endpoint} can be read, and not written`,
    evidence: [`${endpoint} said ${[status, code].filter(Boolean).join(' ')}: ${message}`],
    remedy: full
      ? `aws s3 ls s3://${bucket} --endpoint-url ${endpoint} --recursive --summarize   (then remove what is not needed)`
      : `allow s3:PutObject and s3:AbortMultipartUpload on "${bucket}" for this access key`,
  }
}
