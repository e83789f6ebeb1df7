import { describe, expect, it } from 'vitest'
import { findReferences } from './references.ts'

const modulesOf = (text: string, file = 'x.ts') => findReferences(file, text)?.modules

describe('modules', () => {
  it('of every form that loads one', () =>
    expect(
      modulesOf(`
        import a from './a.ts'
        import './b.ts'
        import { type C } from './c.ts'
        export * from './d.ts'
        export { e } from './e.ts'
        const f = await import('./f.ts')
        const g = require('./g.cjs')
        require.resolve('./h.cjs')
        import.meta.resolve('./i.ts')
        import j from './j.json' with { type: 'json' }
      `),
    ).toEqual([
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
      './g.cjs',
      './h.cjs',
      './i.ts',
      './j.json',
    ]))

  it('not of types, comments, texts, nor of what is only known when it runs', () =>
    expect(
      modulesOf(`
        import type { A } from './a.ts'
        export type { B } from './b.ts'
        // import './c.ts'
        const d = "import './d.ts'"
        await import(name)
        other.resolve('./e.ts')
      `),
    ).toEqual([]))

  it('of JavaScript and JSX, too', () => {
    expect(modulesOf(`const a = require('./a')`, 'x.cjs')).toEqual(['./a'])
    expect(modulesOf(`import A from './a.tsx'; export const b = <A />`, 'x.tsx')).toEqual(['./a.tsx'])
  })
})

it('files beside a module, by their URL', () =>
  expect(
    findReferences(
      'x.ts',
      `new URL('../package.json', import.meta.url); new URL('/v1', base); new URL('x:y')`,
    )?.urls,
  ).toEqual(['../package.json']))

it('texts that look like the path of a file', () =>
  expect(
    findReferences(
      'x.ts',
      `run('jobs/load/main.ts'); get('/v1/a.b'); get('http://a/b.c'); say('a/b, c.d'); 'main.ts'`,
    )?.paths,
  ).toEqual(['jobs/load/main.ts']))

it('nothing of what is half-written', () =>
  expect(findReferences('x.ts', `import a from './a.ts'; const =`)).toBe(undefined))
