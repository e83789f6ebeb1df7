/** A stranger's command line, as far as it may be shown: arguments can hold passwords, so only names of programs pass. */
import { basename } from 'node:path'
import type { Holder } from '../kernel/failure.ts'

const SCRIPT = /\.(?:[cm]?[jt]s|py|rb|pl|sh|jar|php|exs?|lua)$/
const SHOWN = 2

/**
 * `node lakehouse/storaged/main.ts …`: the program, and the scripts or packages it runs. Everything else becomes `…`.
 */
export function showCommand(command: string): string {
  const [program = '', ...words] = command.trim().split(/\s+/)
  const scripts = words.filter((word) => SCRIPT.test(word) && !/[=@:]/.test(word)).slice(0, SHOWN)
  const rest = words.length > scripts.length ? ['…'] : []
  return [basename(program), ...scripts, ...rest].join(' ')
}

/** `PID 4711 (postgres …), since 2026-11-20 09:00 UTC`. */
export function showHolder({ pid, command, since }: Omit<Holder, 'address'>): string {
  if (pid === 0) return 'a process of another user, which the system does not name'
  const time = since === undefined ? '' : `, since ${since.slice(0, 16).replace('T', ' ')} UTC`
  return `PID ${pid} (${showCommand(command)})${time}`
}
