/**
 * The journal: every event of a run as one line of JSON, appended the moment it happens, so that a run that
 * is killed still tells what it had proven. All other formats can be rebuilt from it.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { messageOf } from '../kernel/errno.ts'
import type { Event, EventBody } from '../kernel/event.ts'
import type { Failure } from '../kernel/failure.ts'
import { createEventRedactor } from './redact-event.ts'
import { type Verdict, verdictOf } from './verdict.ts'

export interface Journal {
  readonly path: string
  /** Appends one event. Never throws; after a write has failed it writes no more, so that no line is torn. */
  write(event: Event): void
  /** Forces the journal onto the disk and closes it. More calls do nothing. */
  close(): void
}

export interface JournalOptions {
  /** Values that must not reach the disk. */
  readonly secrets?: readonly string[]
  /** Called once, with the first failure to write. */
  readonly onLost: (failure: Failure) => void
  /** For tests: how bytes reach the file. May write fewer than it is given, as write(2) may. */
  readonly append?: (fd: number, bytes: Uint8Array) => number
}

/** Opens a new journal. An existing file is appended to. Throws nothing: a failure goes to `onLost`. */
export function openJournal(path: string, options: JournalOptions): Journal {
  const redact = createEventRedactor(options.secrets ?? [])
  const append = options.append ?? ((fd, bytes) => writeSync(fd, bytes))
  let fd: number | undefined
  let lost = false

  const lose = (error: unknown): void => {
    if (lost) return
    lost = true
    options.onLost({ tag: 'evidence-lost', path, reason: messageOf(error) })
  }
  const attempt = (action: () => void): void => {
    try {
      action()
    } catch (error) {
      lose(error)
    }
  }

  attempt(() => {
    fd = openSync(path, 'a', 0o644)
  })

  return {
    path,
    write(event) {
      const file = fd
      if (lost || file === undefined) return
      attempt(() => {
        let rest: Uint8Array = Buffer.from(`${JSON.stringify(redact(event))}\n`)
        while (rest.length > 0) {
          const written = append(file, rest)
          if (written === 0) throw new Error('the system took no bytes')
          rest = rest.subarray(written)
        }
      })
    },
    close() {
      const file = fd
      if (file === undefined) return
      fd = undefined
      attempt(() => fsyncSync(file))
      attempt(() => closeSync(file))
    },
  }
}

export interface JournalContent {
  readonly events: readonly Event[]
  /** The last line was cut short, as when the tool or the machine was killed while writing it. */
  readonly torn: boolean
}

/**
 * Reads a journal back. A torn last line is tolerated and told.
 *
 * @throws Error with path and line number when any other line is no event, or the file cannot be read.
 */
export function readJournal(path: string): JournalContent {
  const lines = readFileSync(path, 'utf8').split('\n')
  // A whole journal ends with a line break: what follows the last one is empty, or torn.
  const tail = lines.pop() ?? ''
  return { events: lines.map((line, i) => parseLine(line, path, i + 1)), torn: tail !== '' }
}

function parseLine(line: string, path: string, number: number): Event {
  try {
    const value: unknown = JSON.parse(line)
    if (isEvent(value)) return value
  } catch (error) {
    throw new Error(`${path}:${number}: not a line of JSON`, { cause: error })
  }
  throw new Error(`${path}:${number}: not an event of a run`)
}

/** The journal is this tool's own file: its tag and time are looked at, the rest is taken at its word. */
function isEvent(value: unknown): value is EventBody & { atMs: number } {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('atMs' in value)) return false
  return typeof value.type === 'string' && typeof value.atMs === 'number'
}

/** The verdict of the run that wrote this journal, as far as it came. Throws as `readJournal` does. */
export function rebuildVerdict(path: string): Verdict {
  return verdictOf(readJournal(path).events)
}
