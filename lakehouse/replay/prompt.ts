/** The conversation that every model gets: what to answer, the retrieved passages, the question. */
import type { Task } from './task.ts'

export interface Message {
  readonly role: 'system' | 'user'
  readonly content: string
}

/** A passage as matrixd found it. */
export interface Passage {
  readonly corpus: string
  readonly id: string
  readonly score: number
  readonly metadata: Readonly<Record<string, unknown>>
  readonly provenance: unknown
}

/** `metadata.text`, else `metadata.content`, else the metadata as JSON. */
function readText({ metadata }: Passage): string {
  const text = metadata['text'] ?? metadata['content']
  return typeof text === 'string' ? text : JSON.stringify(metadata)
}

export function buildPrompt(task: Task, passages: readonly Passage[]): Message[] {
  const instructions = [
    `Answer with one artifact of the kind "${task.kind}": a single JSON object and nothing else.`,
    ...(task.instructions === undefined ? [] : [task.instructions]),
  ]
  const context = passages.map(
    (passage, n) => `[${n + 1}] ${passage.corpus}/${passage.id}\n${readText(passage)}`,
  )
  const system = [
    instructions.join('\n'),
    ...(context.length === 0 ? [] : ['Retrieved context:', ...context]),
  ]
  return [
    { role: 'system', content: system.join('\n\n') },
    { role: 'user', content: task.question },
  ]
}
