/** Kind `log`: a line of the daemon's output matches a regular expression. Nothing is polled. */
import type { ReadySpec } from '../stack/types.ts'
import type { Probe, ProbeContext } from './probe.ts'
import { whenAborted } from './when-aborted.ts'

/** Only lines written after the probe was made count: those of a former incarnation prove nothing. */
export function createLogProbe(spec: Extract<ReadySpec, { kind: 'log' }>, { log }: ProbeContext): Probe {
  const pattern = new RegExp(spec.pattern)
  let found: (line: string) => void = () => undefined
  const line = new Promise<string>((resolve) => {
    found = resolve
  })
  const unsubscribe = log.onLine((text) => {
    if (pattern.test(text)) found(text)
  })
  return {
    kind: 'log',
    waits: true,
    async attempt(signal) {
      const seen = await Promise.race([line, whenAborted(signal)])
      return seen === undefined
        ? { ok: false, saw: `no line matches /${spec.pattern}/` }
        : { ok: true, saw: `line: ${seen}` }
    },
    dispose: unsubscribe,
  }
}
