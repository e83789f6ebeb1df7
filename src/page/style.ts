/** The style of the page, one file for each thing that it styles. */
import { readFileSync } from 'node:fs'

/** In this order: of two rules that weigh the same, the later one holds. */
const SHEETS = ['base', 'top', 'sections', 'charts', 'smokes', 'logs', 'comparison', 'media']

/** The whole style sheet. */
export function readStyle(): string {
  return SHEETS.map((name) => readFileSync(new URL(`style/${name}.css`, import.meta.url), 'utf8')).join('\n')
}
