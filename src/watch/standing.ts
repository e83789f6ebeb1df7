/** How each smoke stands: its last verdict, over all the runs of a session. */
import type { VerdictClass } from '../kernel/event.ts'
import type { Row } from '../ledger/rows.ts'

export interface Standing {
  /** In chain order. `NOT RUN`: never ran to its end. */
  readonly verdicts: ReadonlyMap<string, VerdictClass>
}

/** What does not stand well: neither PASS nor SKIP. */
export function listFailing({ verdicts }: Standing): string[] {
  return [...verdicts].filter(([, verdict]) => verdict !== 'PASS' && verdict !== 'SKIP').map(([id]) => id)
}

/** For one session. Smokes that are no longer watched are kept as well: `of` tells only of those it is asked for. */
export class StandingBook {
  readonly #verdicts = new Map<string, VerdictClass>()

  /** What a run has said. What it did not come to keeps its last word. */
  note(rows: readonly Row[]): void {
    for (const row of rows) if (row.class !== 'NOT RUN') this.#verdicts.set(row.smoke, row.class)
  }

  /** Its last word no longer holds. */
  forget(smokes: Iterable<string>): void {
    for (const smoke of smokes) this.#verdicts.delete(smoke)
  }

  /** @param chosen ids, in the order in which it is told. */
  of(chosen: readonly string[]): Standing {
    return { verdicts: new Map(chosen.map((id) => [id, this.#verdicts.get(id) ?? 'NOT RUN'])) }
  }
}
