import { describe, expect, it } from 'vitest'
import { embedJson, embedOwn, escapeHtml, html, showControls } from './html.ts'

describe('html', () => {
  it('escapes whatever is put in, in text and in attributes', () => {
    const evil = `"><script>alert('1')</script>&amp;`
    expect(html`<p title="${evil}">${evil}</p>`.toString()).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;</p>',
    )
  })

  it('takes HTML, numbers, lists and nothing', () => {
    const items = ['a<', 'b'].map((item) => html`<li>${item}</li>`)
    expect(html`<ul>${items}</ul>${7}${undefined}${false}${['x', 1]}`.toString()).toBe(
      '<ul><li>a&lt;</li><li>b</li></ul>7x1',
    )
  })
})

describe('what a daemon wrote', () => {
  it.each([
    ['\u001b[31;1mred\u001b[0m', 'red'],
    ['\u001b[2Jcleared', '⟨ESC⟩[2Jcleared'],
    ['\u001b]0;title\u0007', '⟨ESC⟩]0;title⟨BEL⟩'],
    ['a\u0000b\u007fc', 'a⟨NUL⟩b⟨DEL⟩c'],
    ['\u202egnp.exe\u2066', '⟨U+202E⟩gnp.exe⟨U+2066⟩'],
    ['zero\u200bwidth\ufeff', 'zero⟨U+200B⟩width⟨U+FEFF⟩'],
    ['\u2028\u2029\u0085', '⟨U+2028⟩⟨U+2029⟩⟨U+0085⟩'],
    ['\u{e0041}', '⟨U+E0041⟩'],
    ['\ud800', '\ufffd'],
    ['a\r\nb\tc\rd', 'a\nb\tc⟨CR⟩d'],
    ['größe 😀 日本', 'größe 😀 日本'],
  ])('%j is shown as %j', (text, shown) => {
    expect(showControls(text)).toBe(shown)
  })

  it('is escaped after that', () => {
    expect(escapeHtml('\u0000<b>')).toBe('⟨NUL⟩&lt;b&gt;')
  })
})

describe('data in the page', () => {
  it('cannot end its element, and reads back the same', () => {
    const value = { a: '</script><!--<script>', b: '\u2028\u2029&', c: [1, null] }
    const text = embedJson(value).toString()
    expect(text).not.toMatch(/[<>&\u2028\u2029]/)
    expect(JSON.parse(text)).toEqual(value)
  })

  it('of its own may not end itself either', () => {
    expect(() => embedOwn('a </STYLE> b')).toThrow('must not end itself')
    expect(() => embedOwn('let x = "<!--"')).toThrow('must not end itself')
    expect(embedOwn('a { color: red }').toString()).toBe('a { color: red }')
  })
})
