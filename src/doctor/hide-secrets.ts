/** Takes out of findings whatever may be a secret: known values, and what stands where secrets stand. */
import { createRedactor, type Redactor } from '../kernel/redact.ts'
import { bounded, printable } from '../kernel/text.ts'
import { resolveDoctorS3 } from '../stack/resolve-doctor.ts'
import { isSecretName } from '../stack/secrets.ts'
import type { Stack } from '../stack/types.ts'
import type { CheckReport, Finding } from './finding.ts'
import { resolveToLook, somePorts } from './resolved.ts'

const MASK = '[redacted]'
const LONGEST = 400
/** A command is of no use when it is cut off. */
const LONGEST_REMEDY = 4_000
/** Shorter values are found in half of all texts. */
const SHORTEST = 4

const VALUE = /"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&}\]]+/.source
// `password=…`, `"secretKey": "…"`, `--api-key=…`: the name, what stands between, and the value.
const ASSIGNMENT = new RegExp(`(?<![\\w-])(-{0,2}[\\w-]{2,64})(["']?\\s*[=:]\\s*)(${VALUE})`, 'g')
// `--token …`: only an option is followed by its value after a blank; "password authentication failed" is a sentence.
const OPTION = new RegExp(`(?<![\\w-])(--[\\w-]{2,64})(\\s+)(${VALUE})`, 'g')
const USERINFO = /(\w+:\/\/[^\s/:@]*:)[^\s/@]+@/g
const AUTHORIZATION = /\b(bearer|basic|aws4-hmac-sha256)(\s+)(?=\S*[\d=])\S+/gi

/** The working directory: named like a password, and none. */
const NO_SECRETS = ['PWD', 'OLDPWD']

/** Values of environment variables that are secret by name. */
function secretsOfEnvironment(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isSecretName(name) && !NO_SECRETS.includes(name) && value.length >= SHORTEST
      ? [value]
      : [],
  )
}

/** Every value that must not be printed, as far as the stack and the environment tell. */
export function listSecrets(stack: Stack | undefined, env: NodeJS.ProcessEnv): string[] {
  const resolved = stack && resolveToLook(stack, env)
  const store = stack && resolveDoctorS3(stack, { ports: somePorts(stack), env })
  return [
    ...secretsOfEnvironment(env),
    ...(stack?.secrets ?? []),
    ...(resolved?.ok ? resolved.value.secrets : []),
    ...(store?.ok && store.value?.known ? store.value.secrets : []),
  ].filter((value) => value.length >= SHORTEST)
}

/** Names that remedies are made of. A secret that is one of them (`lakehouse`) is no secret there. */
export function listPublicWords(stack: Stack | undefined): string[] {
  if (stack === undefined) return []
  const daemons = [...stack.daemons.values()].flatMap(({ name, command }) => [name, ...command])
  return [stack.name, stack.file, stack.root, stack.doctor?.s3?.bucket ?? '', ...daemons]
}

/** The reports, safe to print: without secrets and terminal escapes, every text bounded. */
export function cleanReports(
  reports: readonly CheckReport[],
  secrets: readonly string[],
  publicWords: readonly string[] = [],
): CheckReport[] {
  const strict = createRedactor(secrets)
  const lenient = createRedactor(secrets.filter((one) => !publicWords.some((word) => word.includes(one))))
  return reports.map((report) => ({
    ...report,
    findings: report.findings.map((one) => cleanFinding(one, strict, lenient)),
  }))
}

/** Evidence is the words of others. Remedies are ours (`export DB_PASSWORD=…`): only known values are taken out. */
function cleanFinding(finding: Finding, strict: Redactor, lenient: Redactor): Finding {
  const { summary, evidence } = finding
  const ours = (text: string, longest = LONGEST): string => toLine(lenient.text(text), longest)
  const theirs = (text: string): string => toLine(strict.text(maskAssignments(text)), LONGEST)
  return {
    ...finding,
    summary: ours(maskAssignments(summary)),
    ...(evidence === undefined ? {} : { evidence: evidence.map(theirs) }),
    ...(finding.severity === 'ok' ? {} : { remedy: ours(finding.remedy, LONGEST_REMEDY) }),
  }
}

const toLine = (text: string, longest: number): string =>
  bounded(printable(text).replace(/\s*\n\s*/g, ' '), longest)

/** What stands after a name like `password`, in a URL between `:` and `@`, or after `Bearer`. */
export function maskAssignments(text: string): string {
  const mask = (whole: string, name: string, between: string, value: string): string => {
    if (!isSecretName(name)) return whole
    return `${name}${between}${value.startsWith('"') ? `"${MASK}"` : MASK}`
  }
  return text
    .replace(AUTHORIZATION, `$1$2${MASK}`)
    .replace(USERINFO, `$1${MASK}@`)
    .replace(ASSIGNMENT, mask)
    .replace(OPTION, mask)
}
