import { expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { escapeText, renderTag } from './xml.ts'

/** What a parser finds in it, in canonical form. */
async function read(xml: string): Promise<string> {
  const { normalized, rawOutput } = await validateXML({ xml, normalization: 'c14n' })
  expect(rawOutput).not.toContain('error')
  return normalized.trimEnd()
}

it('text and attributes come back as they were, line breaks and tabs too', async () => {
  const text = 'a "b" \'c\' <d> & ]]> \r\n e\tf \u{1f600} \u0085'
  const canonical = await read(`${renderTag('x', { y: text, n: 7 })}${escapeText(text)}</x>`)
  expect(canonical).toBe(
    `<x n="7" y="a &quot;b&quot; 'c' &lt;d> &amp; ]]> &#xD;&#xA; e&#x9;f \u{1f600} \u0085">` +
      `a "b" 'c' &lt;d&gt; &amp; ]]&gt; &#xD;\n e\tf \u{1f600} \u0085</x>`,
  )
})

it('what XML cannot hold becomes U+FFFD, one for one', async () => {
  const illegal = '\u0000\u0008\u000b\u001f\ud800\udc01\ufffe\uffff'
  const canonical = await read(`${renderTag('x', { y: illegal })}${escapeText(illegal)}</x>`)
  expect(canonical).toBe(
    `<x y="\ufffd\ufffd\ufffd\ufffd\u{10001}\ufffd\ufffd">\ufffd\ufffd\ufffd\ufffd\u{10001}\ufffd\ufffd</x>`,
  )
  expect(escapeText('\udc00\ud800')).toBe('\ufffd\ufffd')
})

it('an empty tag closes itself', () => expect(renderTag('a', {}, { empty: true })).toBe('<a/>'))
