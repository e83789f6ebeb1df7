/** `--json`: standard output is one JSON document and nothing else; all that people read goes to standard error. */
import { renderLedgerJson } from '../../ledger/json-document.ts'
import type { Reporter } from './reporter.ts'
import type { Sink } from './sink.ts'

export function createJsonReporter(stdout: Sink, forPeople: Reporter): Reporter {
  return {
    event: (event) => forPeople.event(event),
    async finish(verdict) {
      await forPeople.finish(verdict)
      stdout.write(renderLedgerJson(verdict))
      await stdout.drain()
    },
  }
}
