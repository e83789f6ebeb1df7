/** Colour, or none. Only what carries meaning is coloured; without colour nothing is lost. */
import { styleText } from 'node:util'
import type { VerdictClass } from '../../kernel/event.ts'

export interface Paint {
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  dim(text: string): string
  bold(text: string): string
  verdict(verdict: VerdictClass, text: string): string
}

type Style = Parameters<typeof styleText>[0]

/** @param on false: every text comes back as it is. `wantsColor` decides. */
export function createPaint(on: boolean): Paint {
  const style = (format: Style) => (text: string) =>
    on && text !== '' ? styleText(format, text, { validateStream: false }) : text
  const good = style('green')
  const bad = style('red')
  const warn = style('yellow')
  const byClass: Record<VerdictClass, (text: string) => string> = {
    PASS: good,
    FAIL: bad,
    BLOCKED: bad,
    SKIP: warn,
    'NOT RUN': warn,
  }
  return {
    good,
    bad,
    warn,
    dim: style('dim'),
    bold: style('bold'),
    verdict: (verdict, text) => byClass[verdict](text),
  }
}

/**
 * Whether to colour. A flag wins, then NO_COLOR (no-color.org: any value but the empty one), then FORCE_COLOR
 * (`0` and `false` mean no), then whether a terminal that can do it is there.
 */
export function wantsColor(
  out: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  flag?: boolean,
): boolean {
  if (flag !== undefined) return flag
  if (env['NO_COLOR']) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return out.isTTY === true && env['TERM'] !== 'dumb'
}
