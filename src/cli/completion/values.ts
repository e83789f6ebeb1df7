/** What may stand for each placeholder of the command line. */
import { GROUPS } from '../../doctor/check.ts'
import { CHECKS } from '../../doctor/registry.ts'
import { PARITY_FORMATS } from '../parity-reports.ts'
import { REPORT_NAMES } from '../reporters/formats.ts'
import type { Values } from './model.ts'

const words = (list: Iterable<string>): Values => ({ kind: 'words', words: [...new Set(list)] })

const BY_PLACE: Readonly<Record<string, Values>> = {
  '--stack file': { kind: 'ask', what: 'stacks', files: true },
  'verify --reporter name[=file]': words(REPORT_NAMES),
  'parity --reporter name[=file]': words(PARITY_FORMATS),
}

const BY_PLACEHOLDER: Readonly<Record<string, Values>> = {
  smoke: { kind: 'ask', what: 'smokes' },
  smokes: { kind: 'ask', what: 'smokes' },
  daemon: { kind: 'ask', what: 'daemons' },
  run: { kind: 'ask', what: 'runs' },
  ids: { kind: 'ask', what: 'gates' },
  checks: words([...CHECKS.map(({ id }) => id), ...GROUPS]),
  hook: words(['pre-push']),
  form: words(['systemd']),
  which: words(['stack', 'ledger']),
  shell: words(['bash', 'zsh', 'fish']),
  file: { kind: 'files' },
  cases: { kind: 'files' },
  diff: { kind: 'files' },
  folder: { kind: 'folders' },
}

/** For `describeProgram`. A placeholder that is not in the tables is anything. */
export function valuesOf(command: string, placeholder: string, option?: string): Values {
  return (
    BY_PLACE[`${command} ${option} ${placeholder}`] ??
    BY_PLACE[`${option} ${placeholder}`] ??
    BY_PLACEHOLDER[placeholder] ?? { kind: 'free' }
  )
}
