import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { answerCompletion } from './answer.ts'

function projectOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'completion-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const STACKS = {
  'stacks/dev.toml': 'chain = ["d1", "d2"]\n[daemons.web]\n[daemons.api]\n',
  'stacks/persistent.toml': 'chain = ["p1"]\n[daemons.kept]\n',
  'stacks/shop.toml': 'chain = ["s1"]\n[daemons.till]\n',
  'stacks/README.md': '',
  'elsewhere.toml': 'chain = ["e1"]\n',
}

it('smokes and daemons of the stack that the verb speaks of', () => {
  const root = projectOf(STACKS)
  expect(answerCompletion(['smokes', 'verify', '--only'], root)).toEqual(['d1', 'd2'])
  expect(answerCompletion(['smokes', 'verify', '--attach', '--only'], root)).toEqual(['p1'])
  expect(answerCompletion(['daemons', 'logs'], root)).toEqual(['kept'])
  expect(answerCompletion(['daemons', 'logs', '--stack', 'shop'], root)).toEqual(['till'])
  expect(answerCompletion(['daemons', 'logs', '--stack', '=', 'shop'], root)).toEqual(['till'])
  expect(answerCompletion(['smokes', 'watch', '--stack=elsewhere.toml'], root)).toEqual(['e1'])
})

it('not what is there already', () =>
  expect(answerCompletion(['smokes', 'watch', 'd1'], projectOf(STACKS))).toEqual(['d2']))

it('a smoke that is called like its stack, or like the verb', () => {
  const root = projectOf({ 'stacks/shop.toml': 'chain = ["shop", "watch", "s1"]\n' })
  for (const stack of [['--stack', 'shop'], ['--stack', '=', 'shop'], ['--stack=shop']]) {
    expect(answerCompletion(['smokes', 'watch', ...stack, 's1'], root)).toEqual(['shop', 'watch'])
    expect(answerCompletion(['smokes', 'watch', 'shop', ...stack], root)).toEqual(['watch', 's1'])
  }
})

it('stacks, runs with the newest first, gates', () => {
  const root = projectOf({
    ...STACKS,
    'logs/runs/20260101T000000.000Z-aaaaaa/x': '',
    'logs/runs/20260102T000000.000Z-bbbbbb/x': '',
    'docs/claims.toml': '[gates.fast]\ncommand = ["true"]\n',
  })
  expect(answerCompletion(['stacks'], root).sort()).toEqual(['dev', 'persistent', 'shop'])
  expect(answerCompletion(['runs'], root)).toEqual([
    'latest',
    '20260102T000000.000Z-bbbbbb',
    '20260101T000000.000Z-aaaaaa',
  ])
  expect(answerCompletion(['gates'], root)).toEqual(['fast'])
})

it('no name that means something to a shell', () => {
  const chain = ['good', '$(touch x)', 'a;b', 'a b', "a'b", '`x`', '\u001b[2J', 'a\nb', '', 7]
  const root = projectOf({ 'stacks/dev.toml': `chain = ${JSON.stringify(chain)}\n` })
  expect(answerCompletion(['smokes', 'verify'], root)).toEqual(['good'])
})

it('nothing, without a word, when there is nothing to be read', () => {
  const root = projectOf({
    'stacks/dev.toml': 'chain = [',
    'stacks/persistent.toml': 'daemons = 3\nchain = "x"',
  })
  for (const what of ['smokes', 'daemons', 'runs', 'gates', 'unknown', '']) {
    expect(answerCompletion([what, 'verify'], root)).toEqual([])
    expect(answerCompletion([what, 'logs'], root)).toEqual([])
  }
  expect(answerCompletion(['stacks'], join(root, 'nowhere'))).toEqual([])
  expect(answerCompletion([], root)).toEqual([])
})
