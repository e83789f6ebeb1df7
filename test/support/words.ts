/** Takes out of a text what differs from run to run, for snapshots of what people read. */
import type { Finished } from './tool.ts'
import { REPOSITORY } from './tool.ts'

/** Where a fixture says that it is one, and where node says what it runs. */
const PUPPET = /\S*puppet\.mjs(?: \{.*\})?(?=\)|,|$)/gm

/** The text without paths, ids, PIDs, ports and times. */
export function settle(text: string, { project, run }: Pick<Finished, 'project' | 'run'>): string {
  const settled = text
    .replaceAll(project.root, '<project>')
    .replaceAll(project.tmp, '<tmp>')
    .replaceAll(REPOSITORY, '<repo>')
    .replaceAll(run ?? '\0', '<run>')
    .replaceAll(/\b\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6}\b/g, '<run>')
    .replaceAll(/(?:\/\S*)?\/node(?= |:|$)/gm, 'node')
    .replaceAll(PUPPET, 'puppet.mjs …')
    .replaceAll(/\bPID \d+/g, 'PID <pid>')
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '<date>')
    .replaceAll(/((?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:]+\]|localhost):\d{2,5}\b/g, '$1:<port>')
    .replaceAll(/^(\s*(?:listening|serving|ending)) \d+$/gm, '$1 <clock>')
    .replaceAll(/^( *stack \S+ · ).*$/gm, '$1…')
    .replaceAll(/, \d+ attempts?$/gm, ', <n> attempts')
    .replaceAll(/\(×\d+, /g, '(×<n>, ')
    .replaceAll(/\+\d+\.\d+ s/g, '+<time>')
    .replaceAll(/\b\d+(?:\.\d)? (?:ms|s)\b/g, '<time>')
    // Where looking at the sockets takes too long, as on a busy machine, it is found out by connecting.
    .replaceAll(/^ *also lacking: \S+:<port> refused the connection\n/gm, '')
    .replaceAll(/ http: (\S+:<port>) refused the connection/g, ' listen: nothing listens on $1')
    // Whether it listens before the first look, and answers the first question in time, is chance; that it does in the end
    // is told by the next probe.
    .replaceAll(/^ *\+<time> (?:listen: nothing listens|http: no complete answer) .*\n(?= *\+<time> )/gm, '')
    .replaceAll(/^(PASS|FAIL|SKIP|BLOCKED|NOT RUN) (\S+) \d+s$/gm, '$1 $2 <n>s')
    .trim()
  return `\n${settled}\n`
}

/** What a person sees of a run: standard output, then standard error if it holds anything. */
export function report(finished: Finished): string {
  const parts = [finished.stdout.trim(), finished.stderr.trim()].filter((part) => part !== '')
  return settle(parts.join('\n=== stderr ===\n'), finished)
}

/** The ledger as it was written, its last line being what gates. */
export function ledger(finished: Finished): string {
  return settle(finished.read('ledger.txt'), finished)
}

/** Only the causes: what stands between the progress and the ledger. */
export function causes(finished: Finished): string {
  const [, rest = ''] = finished.stdout.split(/\n\n(.*)/s)
  return settle(rest, finished)
}
