/** Where in a smoke's file something happened, read off a stack trace. */
import { fileURLToPath } from 'node:url'
import type { Location } from '../../kernel/failure.ts'

// `at step (file:///a/b.ts:3:7)`, `at /a/b.ts:3:7`, `at async file:///a/b.ts:3:7`
const FRAME = /(?:\(|\s)((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/

/** All frames of a stack trace that name a file, innermost first. */
export function parseFrames(stack: string): Location[] {
  const frames: Location[] = []
  for (const line of stack.split('\n')) {
    if (!/^\s*at\s/.test(line)) continue
    const found = FRAME.exec(line)
    if (found?.[1] === undefined) continue
    const path = found[1].startsWith('file://') ? toPath(found[1]) : found[1]
    frames.push({ file: path, line: Number(found[2]), column: Number(found[3]) })
  }
  return frames
}

function toPath(url: string): string {
  // A query (`?x=1`) belongs to the import, not to the file.
  return fileURLToPath(url.split('?')[0] ?? url)
}

/** The innermost frame inside `file`; undefined when the trace does not pass through it. */
export function findLocation(stack: string | undefined, file: string): Location | undefined {
  return stack === undefined ? undefined : parseFrames(stack).find((frame) => frame.file === file)
}

/** The place in `file` that is being executed right now. */
export function currentLocation(file: string): Location | undefined {
  return findLocation(new Error('for its stack').stack, file)
}
