/** What each key means to somebody who watches. */
import type { WatchSession } from '../watch/session.ts'
import { unknownName } from './names.ts'

/** One line, shown when there is nothing to do. */
export const KEYS = 'a all · f failed · Enter again · r restart · q quit'

interface Desk {
  /** Prints a line. */
  say(line: string): void
  /** Prints without a line break. */
  write(text: string): void
}

/** Takes keys one by one; `r` without a broken daemon asks for a name, which is typed and ended with Enter. */
export function createKeyMap(session: WatchSession, { say, write }: Desk): (key: string) => void {
  let typed: string | undefined

  const restartNamed = (name: string): void => {
    const { daemons } = session
    const meant = daemons.includes(name) ? [name] : daemons.filter((daemon) => daemon.startsWith(name))
    if (name === '') say('none restarted')
    else if (meant.length === 1) session.restart(meant)
    else if (meant.length > 1) say(`"${name}" may be ${meant.join(' or ')}`)
    else say(unknownName('daemon', name, daemons))
  }

  const typeName = (name: string, key: string): void => {
    if (key === '\r') {
      typed = undefined
      say('')
      restartNamed(name.trim())
    } else if (key === '\u007f' || key === '\b') {
      typed = name.slice(0, -1)
      if (name !== '') write('\b \b')
    } else if (/^[\w.-]$/.test(key)) {
      typed = name + key
      write(key)
    }
  }

  const commands: Readonly<Record<string, () => void>> = {
    a: () => session.runAll('all'),
    f: () => session.runFailed(),
    '\r': () => session.runAgain(),
    q: () => session.quit(),
    r: () => {
      const { broken } = session
      if (broken.length > 0) session.restart(broken)
      else {
        typed = ''
        write('restart which daemon? ')
      }
    },
  }

  return (key) => {
    const command = commands[key.toLowerCase()]
    if (typed !== undefined) typeName(typed, key)
    else if (command) command()
    else if (key.trim() !== '') say(KEYS)
  }
}
