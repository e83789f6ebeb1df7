import { expect, it } from 'vitest'
import { readArtifact } from './artifact.ts'

it.each([
  ['JSON', ' {"a":1}\n', { a: 1 }],
  ['JSON that is no object', '[1]', [1]],
  ['a fenced block', 'Sure!\n```json\n{"a":1}\n```\nMore {braces}', { a: 1 }],
  ['a fenced block of no language', '```\n{"a":1}\n```', { a: 1 }],
  ['JSON in prose', 'Here: {"a":{"b":"}"}} done.', { a: { b: '}' } }],
  ['prose', 'no artifact', 'no artifact'],
  ['broken JSON', '{"a":', '{"a":'],
  ['braces the wrong way', '} {', '} {'],
  ['nothing', '', ''],
])('%s', (_what, content, artifact) => {
  expect(readArtifact(content)).toEqual(artifact)
})
