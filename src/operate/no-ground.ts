/** Why there is no ground to stand on, as text for people. */
import type { NoGround } from '../chain/prepare.ts'
import { renderFailure } from '../kernel/failure-text.ts'
import { renderDiagnostics } from '../stack/diagnostic.ts'

/** Several lines: the diagnostics with their places, or a failure's headline with its detail indented below it. */
export function explainNoGround(error: NoGround): string {
  if (error.kind === 'diagnostics') return renderDiagnostics(error.diagnostics)
  const { headline, detail } = renderFailure(error.failure)
  return [headline, ...detail.map((line) => `  ${line}`)].join('\n')
}
