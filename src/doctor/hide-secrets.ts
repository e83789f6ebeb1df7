/** Takes out of findings whatever may be a secret: known values, and what stands where secrets stand. */
import { createRedactor } from '../kernel/redact.ts'
import { bounded, printable } from '../kernel/text.ts'
import { isSecretName } from '../stack/secrets.ts'
import type { CheckReport, Finding } from './finding.ts'

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
export function secretsOfEnvironment(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isSecretName(name) && !NO_SECRETS.includes(name) && value.length >= SHORTEST
      ? [value]
      : [],
  )
}

/** The reports, safe to print: without secrets and terminal escapes, every text bounded. */
export function cleanReports(reports: readonly CheckReport[], secrets: readonly string[]): CheckReport[] {
  const redactor = createRedactor(secrets)
  const clean = (text: string, longest = LONGEST): string =>
    bounded(printable(redactor.text(text)).replace(/\s*\n\s*/g, ' '), longest)
  return reports.map((report) => ({
    ...report,
    findings: report.findings.map((one) => cleanFinding(one, clean)),
  }))
}

/** Remedies are our own words (`export DB_PASSWORD=…`): there only known values are taken out. */
function cleanFinding(finding: Finding, clean: (text: string, longest?: number) => string): Finding {
  const { summary, evidence } = finding
  return {
    ...finding,
    summary: clean(maskAssignments(summary)),
    ...(evidence === undefined ? {} : { evidence: evidence.map((line) => clean(maskAssignments(line))) }),
    ...(finding.severity === 'ok' ? {} : { remedy: clean(finding.remedy, LONGEST_REMEDY) }),
  }
}

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
