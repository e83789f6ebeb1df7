/** A run in which every text of a stranger does its worst, for the tests of what formats make of it. */
import type { Failure } from '../kernel/failure.ts'
import { Script } from './test-events.ts'

/** One text for each thing that some format could trip over. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'markup that runs': '<script>alert(1)</script><img src=x onerror=alert(1)> & &lt; "quoted" \'single\'',
  'the end of a CDATA section': 'a ]]> b <![CDATA[ c ]]]]><![CDATA[> d',
  'control characters':
    '\u0000\u0001\b\u000b\f\u001b[31mred\u001b[0m\u001b]0;title\u0007\u007f\u0085\u009b2J end',
  'halves of surrogate pairs': 'high \ud800 low \udc00 whole \u{1f600}',
  'what is no character': '\ufffe\uffff\ufeff\u2028\u2029 and \u202eright to left\u202c',
  'line breaks': 'one\r\ntwo\rthree\nfour\ttab',
  'commands of GitHub':
    'x\n::error file=a,line=1::mine\n::add-mask::y\n##[error]old\n::stop-commands::z\n%0A%25',
  'lines of TAP': 'a\nok 1 - mine\nnot ok 2\nBail out! mine\n1..9\n  ---\n  x: y\n  ...\npragma +strict',
  'directives of TAP': 'half # SKIP done # TODO later \\# and \\\\ back\\',
  'a brace at the end': 'a subtest {',
  'only a directive': '# SKIP',
  YAML: '- a: "b\' {[c]}: # d\n...\n---\n!!js/function &x *y %z @w',
  Markdown:
    '| cell | **bold** `code` ``` ~~~ [link](http://x) ![i](y) <b> # $x$ @somebody *a* _b_\n```\n~~~~',
  'a very long text': `${'long '.repeat(200_000)}\u{1f600}`,
}

/** A chain with one red smoke for each of them, in all places where such a text can stand. */
export function playHostile(): Script {
  const texts = Object.values(HOSTILE)
  const chain = texts.map((_, i) => `s${i}`)
  const script = new Script().start([...chain, 'skipped', 'blocked']).boot('queryd')
  for (const [i, text] of texts.entries()) {
    const smoke = `s${i}`
    const failure = failureOf(smoke, text)
    script
      .begin(smoke, text)
      .step(smoke, text)
      .step(smoke, `not ${text}`, failure)
      .end(smoke, 'FAIL', {
        steps: 2,
        failures: [failure],
        title: text,
        why: text,
        logs: { [text]: [text, '```', '~~~', ''] },
      })
    script.add({ type: 'warning', message: text })
    script.leak(text)
  }
  const reason = texts.join(' ')
  script.smoke('skipped', 'SKIP', { reason })
  const blocked: Failure = { tag: 'blocked', smoke: 'blocked', daemons: texts, reason }
  return script
    .smoke('blocked', 'BLOCKED', { failures: [blocked] })
    .stop(texts.length)
    .finish()
}

function failureOf(smoke: string, text: string): Failure {
  return {
    tag: 'step-failed',
    smoke,
    step: `not ${text}`,
    mismatches: [{ what: text, expected: text, received: text }],
    request: { daemon: 'queryd', method: 'POST', url: text },
    location: { file: `/repo/smokes/a,b:c%\n${smoke}.ts`, line: 7, column: 3 },
  }
}
