/** How long the shortest command takes, side by side with a Node that does nothing. */
import { LAUNCHER, runNode } from './kit/command.ts'
import type { Row } from './kit/row.ts'
import { median, ratio, spread } from './kit/stats.ts'

const TRIALS = 25

async function measureVersion(): Promise<Row[]> {
  const node: number[] = []
  const tool: number[] = []
  const names: number[] = []
  for (let i = 0; i < TRIALS; i += 1) {
    node.push((await runNode(['-e', '0'])).wallMs)
    tool.push((await runNode([LAUNCHER, '--version'])).wallMs)
    names.push((await runNode([LAUNCHER, 'complete', 'smokes', 'verify', '--only'])).wallMs)
  }
  return [
    { what: 'node -e 0', values: spread(node) },
    {
      what: 'smokechain --version',
      target: '< 3 × node -e 0',
      values: { ratio: ratio(median(tool), median(node)), ...spread(tool) },
    },
    {
      what: 'names of smokes, while one types',
      target: '< 3 × node -e 0',
      values: { ratio: ratio(median(names), median(node)), ...spread(names) },
    },
  ]
}

export default { name: 'command line', run: measureVersion }
