/** Does anything of the stack listen, or is told to listen, where other machines can reach it? */
import { isLoopback } from '../../host/sockets.ts'
import { formatHostPort, isLoopbackHost } from '../../stack/bind.ts'
import type { DaemonSpec, Stack } from '../../stack/types.ts'
import type { Check, CheckContext } from '../check.ts'
import { type Finding, ok } from '../finding.ts'
import { isOwnRun } from '../live-runs.ts'

/** An address of all interfaces, as a word of its own or in front of a port. */
const WILDCARD = /(?<![\d.])0\.0\.0\.0(?![\d.])|\[::\]/

export const exposureCheck: Check = {
  id: 'exposure',
  group: 'addresses',
  title: 'nothing listens where other machines can reach it',
  deadlineMs: 10_000,
  async run(context) {
    const { stack } = context
    if (stack === undefined) {
      return [
        {
          id: 'exposure.unknown',
          severity: 'could-not-check',
          summary: 'which daemons may be reached from outside cannot be read off a stack file that is broken',
          remedy: 'mend the stack file first; the check "stack-file" says how',
        },
      ]
    }
    const findings = [...(await findExposed(context, stack)), ...findWildcards(stack, context.file)]
    const declared = [...stack.daemons.values()].filter(({ expose }) => expose).map(describeDeclared)
    const calm = ok('exposure.none', 'no daemon listens where other machines can reach it')
    return [...(findings.length > 0 ? findings : [calm]), ...declared]
  },
}

/** Sockets of processes that run now, whoever started them: `up`, a run, or an earlier one. */
async function findExposed(context: CheckContext, stack: Stack): Promise<Finding[]> {
  const { system, runningStack, file } = context
  const open = (system.listListeners() ?? []).filter(({ host }) => !isLoopback(host))
  if (open.length === 0) return []
  const running = (await runningStack())?.daemons ?? []
  // Another project may well have a daemon of the same name.
  const marked = system
    .listRunProcesses()
    .filter(({ run, owner }) => owner !== undefined && isOwnRun(run, context))
  const suspects = [
    ...running.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
    ...marked.map(({ pid, owner = '' }) => ({ name: owner, pid })),
  ]
  const seen = new Set<string>()
  return suspects.flatMap(({ name, pid }): Finding[] => {
    if (stack.daemons.get(name)?.expose !== false) return []
    const inodes = system.inodesOf([pid, ...system.listFamily(pid).map((member) => member.pid)])
    return open
      .filter(({ inode }) => inodes.has(inode) && !seen.has(inode))
      .map((listener) => {
        seen.add(listener.inode)
        const address = formatHostPort(listener)
        return {
          id: 'exposure.listening',
          severity: 'error',
          daemon: name,
          summary: `${name} listens on ${address}, where other machines can reach it`,
          evidence: [`PID ${pid}`],
          remedy: remedyFor(name, file),
        }
      })
  })
}

const remedyFor = (name: string, file: string): string =>
  `make ${name} bind 127.0.0.1 (hand it {bind}, e.g. "--listen", "{bind}"); if others are to reach it, edit [daemons.${name}] of ${file}: expose = true`

/** A wildcard written into a command or an environment: readiness would refuse such a daemon. */
function findWildcards({ daemons }: Stack, file: string): Finding[] {
  return [...daemons.values()]
    .filter(({ expose }) => !expose)
    .flatMap((daemon): Finding[] => {
      const found = findWildcard(daemon)
      if (found === undefined) return []
      const summary = `${daemon.name} is told to listen on all addresses: ${found}`
      const about = { id: 'exposure.told', daemon: daemon.name, summary }
      return [{ ...about, severity: 'warning', remedy: remedyFor(daemon.name, file) }]
    })
}

function findWildcard({ command, env }: DaemonSpec): string | undefined {
  const word = command.find((one) => WILDCARD.test(one))
  if (word !== undefined) return `"${WILDCARD.exec(word)?.[0]}" in its command`
  const variable = Object.entries(env).find(([, value]) => WILDCARD.test(value))
  return variable && `"${WILDCARD.exec(variable[1])?.[0]}" in its variable ${variable[0]}`
}

function describeDeclared({ name, binds }: DaemonSpec): Finding {
  const open = binds.filter(({ host }) => !isLoopbackHost(host)).map(formatHostPort)
  const where = open.length === 0 ? '' : ` on ${open.join(', ')}`
  return {
    ...ok('exposure.declared', `${name} may be reached from other machines${where}: expose = true`),
    daemon: name,
  }
}
