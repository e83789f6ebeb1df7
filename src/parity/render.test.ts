/** The report as people read it, at 80 columns and as Markdown. */
import { expect, it } from 'vitest'
import { compareCase } from './compare-case.ts'
import type { KnownGap } from './gap-types.ts'
import { judgeGaps } from './judge-gaps.ts'
import { renderParityMarkdown } from './render-markdown.ts'
import { renderParityText } from './render-text.ts'
import { answers, compareTexts, ruleOf, show, standardCase } from './rig.ts'
import { chooseExitCode, countParity, judgeParity, renderHeadline } from './summarize.ts'
import type { CaseReport, ParityReport, Trouble } from './types.ts'

const bare = (text: string): string => text
const paint = { good: bare, bad: bare, warn: bare, dim: bare, bold: bare }

function reportOf(
  cases: readonly CaseReport[],
  gaps: readonly KnownGap[] = [],
  troubles: readonly Trouble[] = [],
): ParityReport {
  const judged = judgeGaps(cases, gaps)
  const counts = countParity(judged.cases, judged.gaps)
  const verdict = judgeParity(counts, troubles)
  return {
    schema: 1,
    suite: 'orders',
    file: '/project/orders.toml',
    gapsFile: null,
    at: '2026-11-20T10:00:00.000Z',
    ms: 12,
    left: { label: 'old', url: 'http://127.0.0.1:20001' },
    right: { label: 'http://127.0.0.1:20002', url: 'http://127.0.0.1:20002' },
    verdict,
    exitCode: chooseExitCode({ verdict, troubles }),
    headline: renderHeadline(judged.cases, counts),
    counts,
    ...judged,
    troubles,
  }
}

const named = (name: string, report: CaseReport): CaseReport => ({ ...report, name })
const items = (name: string, count: string) =>
  `{"total": 2, "note": "the same on both sides", "items": [{"id": 1, "${name}": "Ada", "count": ${count}}, {"id": 2, "${name}": "Grace", "count": ${count}}]}`

const everything = reportOf(
  [
    named('alike', compareTexts('{"a": [1]}', '{"a": [1]}')),
    named('a renamed field and a changed type', compareTexts(items('name', '3'), items('fullName', '"3"'))),
    named('known', compareTexts('{"Kind": "schema"}', '{"Schema": {}}')),
    named(
      'noise, and nothing in a list',
      compareCase(
        standardCase,
        answers('{"at": 1, "rows": []}', '{"at": 2, "rows": []}'),
        answers('{"at": 3, "rows": []}', '{"at": 4, "rows": []}'),
        show,
      ),
    ),
    named(
      'a pattern',
      compareTexts('{"id": "x-1"}', '{"id": "1"}', { rules: [ruleOf('$.id', /^\d+$/)], asks: 1 }),
    ),
    named(
      'down',
      compareCase(
        standardCase,
        { received: [], fault: 'no answer: connection refused: nothing listens there', asked: 1 },
        answers('{}'),
        show,
      ),
    ),
    named(
      'another kind of body',
      compareCase(
        standardCase,
        answers({ status: 502, contentType: 'text/html', body: Buffer.from('<h1>Bad | Gateway</h1>') }),
        answers('{"ok": true}'),
        show,
      ),
    ),
  ],
  [
    {
      id: 'kind',
      case: 'known',
      paths: ['$.Kind', '$.Schema', '$.Field'],
      reason: 'two | forms',
      date: '2026-11-01',
    },
    { id: 'old', case: 'alike', paths: ['$.a'], reason: 'was late', date: '2026-10-01' },
  ],
  [{ kind: 'leak', headline: 'port left behind: 127.0.0.1:3214', detail: ['  next: find its holder'] }],
)

it('as text', () => {
  const lines = renderParityText(everything, paint, 80)
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "parity orders
      left   old  http://127.0.0.1:20001
      right  http://127.0.0.1:20002

    match    alike
    DIVERGES a renamed field and a changed type
      shape at $.items[*].name: left string, right (absent)
      shape at $.items[*].count: left integer, right string
      shape at $.items[*].fullName: left (absent), right string
      left shape   {items: [{count: integer, id: integer, name: string}], note: str…
      right shape  {items: [{count: string, fullName: string, id: integer}], note: …
      at $.items[0]
                  left                              right
        id        1                                 1
      ≠ name      "Ada"                             (absent)
      ≠ count     3                                 "3"
      ≠ fullName  (absent)                          "Ada"

    known    known
      known gap kind: $.Kind $.Schema
      left shape   {Kind: string}
      right shape  {Schema: {}}
      at $
                left                               right
      ≠ Kind    "schema"                           (absent)
      ≠ Schema  (absent)                           {}

    match    noise, and nothing in a list
      noise at $.at: both sides differ from themselves: 1, then 2
      unproven at $.rows[*]: nothing was seen there (left and right)

    DIVERGES a pattern
      pattern at $.id: left "x-1" does not match /^\\d+$/, right "1" matches
      note: asked once: noise cannot be told from divergence
      at $
            left                                 right
      ≠ id  "x-1"                                "1"

    UNKNOWN  down
      left: no answer: connection refused: nothing listens there

    DIVERGES another kind of body
      status: left 502, right 200
      media-type: left text/html, right application/json
      shape at $: left text, right JSON object
      at $
        left                                   right
      ≠ <h1>Bad | Gateway</h1>                 {"ok":true}

    kind has closed in part: take out $.Field
    old has closed: take its row out of the file
    port left behind: 127.0.0.1:3214
        next: find its holder
    unknown: 7 new divergences · 2 known (1 gap) · 1 gap closed · 1 gap closed in part · 1 case unknown · 1 path of noise · 1 path unproven
    1/7 status codes diverge · 1/7 media types diverge · 3/7 body shapes diverge · 1/7 body values diverge · 1/7 unknown"
  `)
  // The last two are to be quoted, and stay whole.
  expect(lines.slice(0, -2).filter((line) => line.length > 80)).toEqual([])
})

it('as Markdown', () =>
  expect(renderParityMarkdown(everything)).toMatchInlineSnapshot(`
    "# Parity: orders

    **1/7 status codes diverge · 1/7 media types diverge · 3/7 body shapes diverge · 1/7 body values diverge · 1/7 unknown**

    unknown: 7 new divergences · 2 known (1 gap) · 1 gap closed · 1 gap closed in part · 1 case unknown · 1 path of noise · 1 path unproven · 2026-11-20T10:00:00.000Z · 12 ms

    | side | what | where |
    | --- | --- | --- |
    | left | \`old\` | \`http://127.0.0.1:20001\` |
    | right | \`http://127.0.0.1:20002\` |  |

    | case | request | verdict | status | body shape |
    | --- | --- | --- | --- | --- |
    | alike | \`GET /\` | match | 200 / 200 | match |
    | a renamed field and a changed type | \`GET /\` | **diverges** | 200 / 200 | diverges |
    | known | \`GET /\` | known | 200 / 200 | diverges |
    | noise, and nothing in a list | \`GET /\` | match | 200 / 200 | match |
    | a pattern | \`GET /\` | **diverges** | 200 / 200 | match |
    | down | \`GET /\` | **unknown** | – / 200 | unknown |
    | another kind of body | \`GET /\` | **diverges** | 502 / 200 | diverges |

    ## a renamed field and a changed type

    | aspect | path | places | left | right | known as |
    | --- | --- | --- | --- | --- | --- |
    | shape | \`$.items[*].name\` | 1 | \`string\` | \`(absent)\` | **new** |
    | shape | \`$.items[*].count\` | 1 | \`integer\` | \`string\` | **new** |
    | shape | \`$.items[*].fullName\` | 1 | \`(absent)\` | \`string\` | **new** |

    - left shape: \`{items: [{count: integer, id: integer, name: string}], note: string, total: integer}\`
    - right shape: \`{items: [{count: string, fullName: string, id: integer}], note: string, total: integer}\`

    Side by side at \`$.items[0]\`:

    |  | key | left | right |
    | --- | --- | --- | --- |
    |  | \`id\` | \`1\` | \`1\` |
    | ≠ | \`name\` | \`"Ada"\` | (absent) |
    | ≠ | \`count\` | \`3\` | \`"3"\` |
    | ≠ | \`fullName\` | (absent) | \`"Ada"\` |

    ## known

    | aspect | path | places | left | right | known as |
    | --- | --- | --- | --- | --- | --- |
    | shape | \`$.Kind\` | 1 | \`string\` | \`(absent)\` | \`kind\` |
    | shape | \`$.Schema\` | 1 | \`(absent)\` | \`object\` | \`kind\` |

    - left shape: \`{Kind: string}\`
    - right shape: \`{Schema: {}}\`

    Side by side at \`$\`:

    |  | key | left | right |
    | --- | --- | --- | --- |
    | ≠ | \`Kind\` | \`"schema"\` | (absent) |
    | ≠ | \`Schema\` | (absent) | \`{}\` |

    ## noise, and nothing in a list

    - noise at \`$.at\`: both sides differ from themselves: \`1\`, then \`2\`
    - unproven at \`$.rows[*]\`: nothing was seen there (left and right)

    ## a pattern

    | aspect | path | places | left | right | known as |
    | --- | --- | --- | --- | --- | --- |
    | pattern | \`$.id\` | 1 | \`"x-1" does not match /^\\d+$/\` | \`"1" matches\` | **new** |

    - note: asked once: noise cannot be told from divergence

    Side by side at \`$\`:

    |  | key | left | right |
    | --- | --- | --- | --- |
    | ≠ | \`id\` | \`"x-1"\` | \`"1"\` |

    ## down

    - unknown: left: no answer: connection refused: nothing listens there

    ## another kind of body

    | aspect | path | places | left | right | known as |
    | --- | --- | --- | --- | --- | --- |
    | status | \`status\` | 1 | \`502\` | \`200\` | **new** |
    | media-type | \`media-type\` | 1 | \`text/html\` | \`application/json\` | **new** |
    | shape | \`$\` | 1 | \`text\` | \`JSON object\` | **new** |

    Side by side at \`$\`:

    |  | key | left | right |
    | --- | --- | --- | --- |
    | ≠ |  | \`<h1>Bad \\| Gateway</h1>\` | \`{"ok":true}\` |

    ## Known gaps

    | id | case | state | since | reason |
    | --- | --- | --- | --- | --- |
    | \`kind\` | known | partly-closed | 2026-11-01 | two \\| forms |
    | \`old\` | alike | closed | 2026-10-01 | was late |

    - kind has closed in part: take out \\$.Field
    - old has closed: take its row out of the file

    ## Troubles

    - port left behind: 127.0.0.1:3214
      - next: find its holder
    "
  `))

it('does not call a gap closed that was accepted for other sides', () => {
  const lines = renderParityText({ ...everything, otherSides: true }, paint, 80)
  expect(lines).toContain(
    '2 known gaps do not show between these sides, which are not those that the cases file names',
  )
  expect(lines.join('\n')).not.toContain('closed')
})

it('a match is short', () => {
  const text = renderParityText(reportOf([named('alike', compareTexts('{}', '{}'))]), paint, 80)
  expect(text.join('\n')).toMatchInlineSnapshot(`
    "parity orders
      left   old  http://127.0.0.1:20001
      right  http://127.0.0.1:20002

    match    alike

    match: 0 new divergences · 0 known
    1/1 status codes match · 1/1 body shapes match"
  `)
})

it('cells line up where characters are wide, and are cut to the columns', () => {
  const wide = (text: string) => `{"名前": "${text}", "b": "${'y'.repeat(300)}"}`
  const report = reportOf([named('wide', compareTexts(wide('日本語'), wide('한국어'.repeat(20))))])
  expect(renderParityText(report, paint, 60).slice(5, -2).join('\n')).toMatchInlineSnapshot(`
    "  value at $["名前"]: left "日本語", right "한국어한국어한…
      at $
              left                      right
      ≠ 名前  "日本語"                  "한국어한국어한국어한국…
        b     "yyyyyyyyyyyyyyyyyyyyyy…  "yyyyyyyyyyyyyyyyyyyyyy…
    "
  `)
})

it('text of strangers is no markup', () => {
  const evil = '`|<script>alert(1)</script>|\\n# x **b** [l](javascript:1)'
  const markdown = renderParityMarkdown(reportOf([named(evil, compareTexts(`{"${evil}": "${evil}"}`, '{}'))]))
  expect(markdown).not.toMatch(/^# x/m)
  // In code spans nothing is markup; outside of them no `<` is left.
  expect(markdown.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '')).not.toContain('<script')
  for (const line of markdown.split('\n').filter((one) => one.startsWith('|'))) {
    expect(line.replaceAll('\\|', '').split('|').length).toBeGreaterThan(3)
  }
})
