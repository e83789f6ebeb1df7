import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { ModuleGraph } from './module-graph.ts'

let root = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'module-graph-')))
  onTestFinished(() => rmSync(root, { recursive: true }))
})

function write(path: string, text = ''): string {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const named = (files: Iterable<string>): string[] =>
  [...files].map((file) => file.slice(root.length + 1)).sort()

it('follows imports at any depth, in circles, and nothing of node_modules', () => {
  const main = write('main.ts', `import './a/one.js'; import 'pkg'; import 'node:fs'; import 'smokechain'`)
  write('a/one.ts', `export * from '../b.ts'`)
  write(
    'b.ts',
    `import './main.ts'; new URL('./data.json', import.meta.url); new URL('./a/', import.meta.url)`,
  )
  write('node_modules/pkg/package.json', '{ "main": "index.js" }')
  write('node_modules/pkg/index.js', `require('./inner.js')`)
  expect(named(new ModuleGraph().closureOf([main]))).toEqual(['a/one.ts', 'b.ts', 'data.json', 'main.ts'])
})

it('counts files that are missing, since they may come', () => {
  const main = write('main.ts', `import './later.ts'`)
  const graph = new ModuleGraph()
  expect(named(graph.closureOf([main]))).toEqual(['later.ts', 'main.ts'])
  const later = write('later.ts', `import './deeper.ts'`)
  graph.forget([later])
  expect(named(graph.closureOf([main]))).toEqual(['deeper.ts', 'later.ts', 'main.ts'])
})

it('reads what has changed, and keeps what is known of a file that cannot be read as a module', () => {
  const main = write('main.ts', `import './a.ts'`)
  write('a.ts')
  const graph = new ModuleGraph()
  graph.closureOf([main])
  write('main.ts', `import './a.ts'; import {`)
  graph.forget([main])
  expect(named(graph.closureOf([main]))).toEqual(['a.ts', 'main.ts'])
  write('main.ts', `import './b.ts'`)
  graph.forget([main])
  expect(named(graph.closureOf([main]))).toEqual(['b.ts', 'main.ts'])
  rmSync(main)
  graph.forget([main])
  expect(named(graph.closureOf([main]))).toEqual(['b.ts', 'main.ts'])
})

it('takes files that are named by their path in the project, where it is asked to, and what those import', () => {
  const smoke = write('smokes/one.ts', `run('jobs/load.ts'); run('jobs/none.ts')`)
  write('jobs/load.ts', `import './kit.ts'; open('smokes/other.ts')`)
  write('jobs/kit.ts')
  write('smokes/other.ts')
  const graph = new ModuleGraph()
  expect(named(graph.closureOf([smoke]))).toEqual(['smokes/one.ts'])
  expect(named(graph.closureOf([smoke], { named: root }))).toEqual([
    'jobs/kit.ts',
    'jobs/load.ts',
    'smokes/one.ts',
  ])
})
