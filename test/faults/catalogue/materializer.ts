import { changeAt, plus, to } from '../change.ts'
import { faultsOf } from '../fault.ts'

/** The receipt, with a value changed. */
const receipt = (path: string, change: (value: unknown) => unknown) => ({
  stdout: (text: string): string =>
    text.trim() === '' ? text : `${JSON.stringify(changeAt(JSON.parse(text), path, change))}\n`,
})
/** The evidence, each record with a value changed. */
const evidence = (path: string, change: (value: unknown) => unknown) => ({
  file: '--out',
  lines: (lines: readonly string[]): string[] =>
    lines.map((line) => JSON.stringify(changeAt(JSON.parse(line), path, change))),
})

export const materializer = faultsOf('materializer', {
  'hides-skipped': {
    daemon: 'materializer',
    what: 'does not count the lines that it skips',
    job: receipt('skipped', to(0)),
  },
  'vague-reasons': {
    daemon: 'materializer',
    what: 'gives every skipped line the same reason',
    job: receipt('skips.*.reason', to('bad')),
  },
  overcounts: {
    daemon: 'materializer',
    what: 'counts a line more than there is',
    job: receipt('lines', plus(1)),
  },
  'wrong-line': {
    daemon: 'materializer',
    what: 'names the line after the one that a record is from',
    job: evidence('provenance.line', plus(1)),
  },
  'wrong-hash': {
    daemon: 'materializer',
    what: 'gives a record the hash of another line',
    job: evidence('provenance.sha256', to('0'.repeat(64))),
  },
  'local-days': {
    daemon: 'materializer',
    what: 'partitions by the day in the time zone of the event',
    job: evidence('day', to('2026-01-01')),
  },
  'adds-again': {
    daemon: 'materializer',
    what: 'adds the same evidence in every run',
    job: {
      when: (stdout) => stdout.includes('"written":0'),
      file: '--out',
      lines: (lines) => [...lines, ...lines.slice(0, 1)],
    },
  },
  'content-with-nothing': {
    daemon: 'materializer',
    what: 'exits with 0 when its source is not there',
    job: { exitCode: () => 0 },
  },
  'nameless-error': {
    daemon: 'materializer',
    what: 'does not say which source is not there',
    job: { stderr: () => 'cannot read the source\n' },
  },
})
