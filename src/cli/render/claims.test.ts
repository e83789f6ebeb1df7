import { expect, it } from 'vitest'
import { assessClaims } from '../../claims/assess.ts'
import {
  claim,
  claimsFile,
  failure,
  found,
  gate,
  OTHER_TREE,
  record,
  row,
  runOf,
} from '../../claims/fixture.ts'
import { renderClaimsMarkdown } from '../../claims/markdown.ts'
import { renderClaims, renderGate } from './claims.ts'
import { createPaint } from './paint.ts'

const REPORT = assessClaims(
  found({
    tree: OTHER_TREE,
    file: claimsFile({
      claims: [
        claim('kept', { sentence: 'what was taken is kept | <b>always</b>', severity: 'critical' }),
        claim('seen', {
          risk: 'nobody sees it, and nobody is told that there was anything to be seen at all',
        }),
        claim('sold'),
        claim('lost'),
      ],
      gates: [gate('till', 'kept'), gate('door', 'sold'), gate('cellar', 'sold')],
      risks: [
        {
          id: 'flood',
          sentence: 'the cellar is low',
          severity: 'high',
          state: 'accepted',
          closes: 'a pump',
          claims: [],
        },
        {
          id: 'fire',
          sentence: 'it is of wood',
          severity: 'low',
          state: 'open',
          closes: 'stone',
          claims: ['kept'],
        },
      ],
    }),
    records: new Map([
      ['till', record('till')],
      [
        'door',
        record('door', {
          outcome: 'failed',
          exitCode: 1,
          output: ['knock', 'no ```answer```', `x${'y'.repeat(90)}`],
        }),
      ],
    ]),
    run: runOf([
      row('d1', ['kept', 'seen', 'keptt'], {
        stepList: [
          {
            title: 'an order is there \u001b[2J after the shop was closed and opened again by somebody',
            ok: true,
            ms: 1,
            expectations: 1,
            claims: ['kept'],
          },
        ],
      }),
      row('d2', ['seen'], { class: 'FAIL', failures: [failure('d2: step "x" failed: status')] }),
    ]),
    notes: ['something to know'],
  }),
)

it('Markdown', () => expect(renderClaimsMarkdown(REPORT)).toMatchSnapshot())

it('a terminal of 80 columns', () => {
  const view = { paint: createPaint(false), width: 80, cwd: '/shop' }
  const lines = renderClaims(REPORT, view)
  expect(lines.join('\n')).toMatchSnapshot()
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  const told = REPORT.gates.flatMap(({ last }) => (last ? renderGate(last, view) : []))
  expect(told.join('\n')).toMatchSnapshot()
  expect(told.filter((line) => line.length > 80)).toEqual([])
})
