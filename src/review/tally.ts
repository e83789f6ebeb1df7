/**
 * What several reviewers say of the same place. A place is a file and lines no more than `NEARBY` apart, counted from the
 * place's first line; the file as a whole (line 0) is a place of its own. A lineage counts once at a place, however often
 * and through however many reviewers it speaks; the highest severity wins; two or more lineages are convergent.
 */
import { type Anchor, type AnswerRow, type Finding, type Location, SEVERITIES } from './types.ts'

/** Lines. Reviewers point at a statement's first line, its last, or the line that they would change. */
const NEARBY = 5

type Attributed = Finding & { readonly anchor: Anchor; readonly reviewer: string; readonly lineage: string }

const ANCHORS: readonly Anchor[] = ['line', 'file', 'nowhere']

/** Every finding of every row is in exactly one location. Worst first; then by lineages, path and line. */
export function tallyFindings(rows: readonly AnswerRow[]): Location[] {
  const byPath = new Map<string, Attributed[]>()
  for (const { reviewer, lineage, findings } of rows) {
    for (const finding of findings) {
      const list = byPath.get(finding.path) ?? []
      byPath.set(finding.path, list)
      list.push({ ...finding, reviewer, lineage })
    }
  }
  return [...byPath.values()].flatMap(groupByPlace).map(toLocation).sort(compareLocations)
}

function groupByPlace(findings: readonly Attributed[]): Attributed[][] {
  const groups: Attributed[][] = []
  for (const finding of findings.toSorted((a, b) => a.line - b.line || a.endLine - b.endLine)) {
    const group = groups.at(-1)
    const first = group?.[0]
    if (group !== undefined && first !== undefined && isNear(first, finding)) group.push(finding)
    else groups.push([finding])
  }
  return groups
}

const isNear = (first: Finding, next: Finding): boolean =>
  first.line === 0 || next.line === 0 ? first.line === next.line : next.line - first.line <= NEARBY

function toLocation(group: readonly Attributed[]): Location {
  const [first] = group
  const lineages = [...new Set(group.map(({ lineage }) => lineage))].sort()
  return {
    path: first?.path ?? '',
    line: first?.line ?? 0,
    endLine: group.reduce((last, { endLine }) => Math.max(last, endLine), 0),
    severity: SEVERITIES.find((each) => group.some(({ severity }) => severity === each)) ?? 'note',
    lineages,
    convergent: lineages.length >= 2,
    anchor: ANCHORS.find((each) => group.some(({ anchor }) => anchor === each)) ?? 'nowhere',
    findings: group.map(({ anchor: _anchor, ...finding }) => finding),
  }
}

function compareLocations(a: Location, b: Location): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.lineages.length - a.lineages.length ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    a.line - b.line
  )
}
