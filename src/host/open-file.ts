/** Opens a file with the program that the desktop has for it. */
import { spawn } from 'node:child_process'
import { messageOf } from '../kernel/errno.ts'

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', linux: 'xdg-open' }
/** An opener that cannot do it says so soon; one that can may live as long as the browser it starts. */
const REFUSAL_MS = 3_000

/**
 * @param opener for tests, as is `refusalMs`.
 * @returns why it was not opened, as far as the opener tells.
 */
export async function openFile(
  path: string,
  opener = OPENERS[process.platform],
  refusalMs = REFUSAL_MS,
): Promise<string | undefined> {
  if (opener === undefined) return `nothing is known that opens files on ${process.platform}`
  const child = spawn(opener, [path], { detached: true, stdio: 'ignore' })
  const end = Promise.withResolvers<string | undefined>()
  child.once('error', (error) => end.resolve(`${opener} could not be started: ${messageOf(error)}`))
  child.once('exit', (code, signal) =>
    end.resolve(code === 0 ? undefined : `${opener} ended with ${signal ?? `code ${code}`}`),
  )
  const timer = setTimeout(() => end.resolve(undefined), refusalMs)
  const obstacle = await end.promise
  clearTimeout(timer)
  child.unref()
  return obstacle
}
