/** The words for a smoke that is itself at fault: it threw, hung, proved nothing, left something behind. */
import type { FailureOf } from './failure.ts'
import { describeLocation, type FailureText, lines, next, oneLine } from './failure-words.ts'

const WORDS: Record<FailureOf<'smoke-broken'>['how'], [what: string, step: string]> = {
  load: [
    'its file could not be loaded',
    'the file must import cleanly and have smoke({...}) as its default export',
  ],
  threw: ['it threw', 'mend the smoke, or make what it tripped over an expectation'],
  rejected: ['a promise that nobody awaited was rejected', 'await every call inside its step'],
  exited: [
    'its process ended in the middle',
    'a smoke must not call process.exit; a native crash is named above',
  ],
  'over-budget': [
    'it used up its budget',
    'see which step waits; raise "budget" only if the work is really that long',
  ],
  'proved-nothing': ['it proved nothing', 'give every step an expectation beside its request'],
  'not-awaited': ['a step was not awaited', 'write: await step(...)'],
  'left-running': ['it left timers or sockets running', 'clear timers and close what the smoke opened'],
  'left-process': ['it left a process behind', 'end every process that the smoke starts'],
  'left-stopped': [
    'it stopped a daemon and did not start it again',
    'start the daemon again before the smoke ends',
  ],
}

/** A broken smoke in words. */
export function renderBrokenSmoke(f: FailureOf<'smoke-broken'>): FailureText {
  const [what, step] = WORDS[f.how]
  const where = f.step === undefined ? '' : ` in step "${oneLine(f.step)}"`
  const said = oneLine(f.detail)
  return {
    headline: `${f.smoke}: ${what}${where}${said === '' ? '' : `: ${said}`}`,
    detail: [
      ...(f.location ? [`at: ${describeLocation(f.location)}`] : []),
      ...(f.stack === undefined ? [] : lines('', f.stack)),
      next(step),
    ],
  }
}
