/** How many statements run at once. Waiting for a slot counts against the statement's own time. */

export interface Slots {
  /** Resolves with the function that gives the slot back; rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<() => void>
  readonly taken: number
}

export function createSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  const release = (): void => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return {
    get taken() {
      return count - free
    },
    take: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const grant = (): void => {
          signal.removeEventListener('abort', leave)
          resolve(onceOnly(release))
        }
        const leave = (): void => {
          waiting.splice(waiting.indexOf(grant), 1)
          reject(signal.reason)
        }
        if (free > 0) {
          free -= 1
          return grant()
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.push(grant)
      }),
  }
}

/** A slot given back twice would be two slots. */
function onceOnly(work: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    work()
  }
}
