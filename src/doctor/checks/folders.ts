/** Data folders of runs that are over: a tool that was killed together with its guardian leaves one. */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { count } from '../../kernel/text.ts'
import type { Check } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { isRunId, surveyRuns } from '../live-runs.ts'

/** A run makes its folder a moment before its first process. */
const YOUNG_MS = 60_000
const PREFIX = 'smokechain-'

export const foldersCheck: Check = {
  id: 'folders',
  group: 'leftovers',
  title: 'temporary folders that earlier runs have left behind',
  deadlineMs: 5_000,
  async run(context) {
    const { system, verb } = context
    const { live, processes } = await surveyRuns(context)
    const inUse = new Set([...live, ...processes.map(({ run }) => run)])
    const left = system.listRunFolders().filter((path) => {
      const run = basename(path).slice(PREFIX.length)
      return isRunId(run) && !inUse.has(run) && isOldAndOurs(path)
    })
    if (left.length === 0) return [ok('folders.none', 'no temporary folder of an earlier run is left')]
    const finding: Finding = {
      id: 'folders.left',
      severity: 'warning',
      summary: `${count(left.length, 'temporary folder')} of earlier runs ${left.length === 1 ? 'is' : 'are'} left`,
      evidence: left.slice(0, 8),
      remedy: `${verb('doctor')} --fix folders   (or: rm -r ${left.slice(0, 3).join(' ')}${left.length > 3 ? ' …' : ''})`,
      fix: {
        does: `remove ${left.join(', ')}`,
        async apply() {
          const faults = await Promise.all(left.map((path) => system.removeFolder(path)))
          const said = faults.filter((fault) => fault !== undefined)
          return said.length === 0 ? undefined : said.join('; ')
        },
      },
    }
    return [finding]
  },
}

function isOldAndOurs(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isDirectory()) return false
  return (
    Date.now() - stat.mtimeMs > YOUNG_MS && (process.getuid === undefined || stat.uid === process.getuid())
  )
}
