/** Turns whoever can boot daemons into the lender of a comparison: checks the stack file and the names first. */
import { relative } from 'node:path'
import type { Failure } from '../kernel/failure.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import type { Result } from '../kernel/result.ts'
import { didYouMean } from '../kernel/text.ts'
import { type Diagnostic, renderDiagnostics } from '../stack/diagnostic.ts'
import { loadStack } from '../stack/load.ts'
import type { Stack } from '../stack/types.ts'
import type { LendDaemons, Loan, LoanEnd } from './run-types.ts'
import type { Trouble } from './types.ts'

/** What came of booting, use and stop; the failures without secrets. `lendDaemons` of `chain/lend.ts` gives these. */
interface Lent {
  readonly up: boolean
  readonly failures: readonly Failure[]
  readonly leaks: readonly Failure[]
}

type NotLent =
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'failure'; readonly failure: Failure }

type Boot = (
  stack: Stack,
  daemons: readonly string[],
  use: (loan: Loan) => Promise<void>,
) => Promise<Result<Lent, NotLent>>

/**
 * Boots nothing when the file or a name is wrong: that is `unusable`. What `boot` throws goes through to the caller.
 */
export function createLender(boot: Boot): LendDaemons {
  return async (file, daemons, use) => {
    const loaded = await loadStack(file)
    if (!loaded.ok) return { unusable: [renderDiagnostics(loaded.error)] }
    const faults = daemons.flatMap((name) => checkDaemon(loaded.value, name))
    if (faults.length > 0) return { unusable: faults }
    const lent = await boot(loaded.value, daemons, use)
    if (lent.ok) return describeEnd(lent.value)
    return lent.error.kind === 'diagnostics'
      ? { unusable: [renderDiagnostics(lent.error.diagnostics)] }
      : { up: false, troubles: [describeTrouble('not-up', lent.error.failure)] }
  }
}

function checkDaemon({ daemons, file }: Stack, name: string): string[] {
  const daemon = daemons.get(name)
  const where = relative(process.cwd(), file)
  if (!daemon) {
    return [
      `error: no URL (http://…), and no daemon of ${where} either: "${name}"${didYouMean(name, daemons.keys())}`,
    ]
  }
  return daemon.binds.length === 0 ? [`error: ${name} of ${where} has no socket that could be asked`] : []
}

function describeEnd({ up, failures, leaks }: Lent): LoanEnd {
  return {
    up,
    troubles: [
      ...failures.map((failure) => describeTrouble(up ? 'died' : 'not-up', failure)),
      ...leaks.map((leak) => describeTrouble('leak', leak)),
    ],
  }
}

function describeTrouble(kind: Trouble['kind'], failure: Failure): Trouble {
  const { headline, detail } = renderFailure(failure)
  return { kind, headline, detail: [...detail] }
}
