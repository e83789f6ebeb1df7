import { expect, it } from 'vitest'
import { type Ledger, renderAnnotations, renderSummary } from './github.ts'

const ledger: Ledger = {
  gateLine: '--- 1 PASS / 1 FAIL / 1 LEAK ---',
  stack: { name: 'dev' },
  rows: [
    { smoke: 'd1', class: 'PASS', seconds: 1, title: 'every daemon answers', expectations: 9, failures: [] },
    {
      smoke: 'd2',
      class: 'FAIL',
      seconds: 0,
      title: 'a | b <i>',
      expectations: 2,
      failures: [
        {
          headline: 'd2: step "100%: a, b" failed',
          detail: ['expected: 1', 'received: ```2'],
          data: { location: { file: '/repo/smokes/d2.ts', line: 7, column: 3 } },
        },
      ],
    },
  ],
  leaks: [{ headline: 'a process was left behind', detail: [], data: {} }],
  deaths: [],
}

it('places an annotation at the step and escapes what GitHub would take for a command', () => {
  expect(renderAnnotations(ledger, '/repo')).toEqual([
    '::error file=smokes/d2.ts,line=7,col=3,title=d2%3A step "100%25%3A a%2C b" failed::expected: 1%0Areceived: ```2',
    '::error title=a process was left behind::a process was left behind',
  ])
})

it('summarises with the failures first, and lets no text break the table or the fence', () => {
  expect(renderSummary(ledger)).toMatchInlineSnapshot(`
    "## dev: --- 1 PASS / 1 FAIL / 1 LEAK ---

    ### d2: step "100%: a, b" failed

    \`\`\`\`
    expected: 1
    received: \`\`\`2
    \`\`\`\`

    ### a process was left behind

    \`\`\`

    \`\`\`

    | | smoke | time | expectations | claim |
    |---|---|---|---|---|
    | PASS | d1 | 1 s | 9 | every daemon answers |
    | FAIL | d2 | 0 s | 2 | a \\| b \\<i\\> |
    "
  `)
})
