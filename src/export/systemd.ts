/**
 * A stack as systemd units: one service a daemon, one target for all, the rendered `[config]`, and templates of the
 * environment files. Pure: what it needs of the system (where programs are) it is told.
 */
import { join } from 'node:path'
import { err, ok, type Result } from '../kernel/result.ts'
import { isAskable, listAskable } from '../stack/outside.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { isSecretName } from '../stack/secrets.ts'
import type { DaemonSpec, Stack } from '../stack/types.ts'
import { renderEnvTemplate, renderStackEnvTemplate } from './env-template.ts'
import { holdsSecret, listFaults } from './faults.ts'
import { renderService } from './service.ts'
import type { Environment, RenderedFile, RenderedUnits, SystemdOptions } from './types.ts'
import { listProbeVariables, probesUse } from './variables.ts'

/** What the names of all units of a stack begin with. */
export const unitPrefix = (stack: Pick<Stack, 'name'>): string => `smokechain-${stack.name}`

/** Renders everything, or says in sentences why that cannot be. The stack has passed `checkForSystemd`. */
export function renderSystemd(o: SystemdOptions): Result<RenderedUnits, readonly string[]> {
  const faults = listFaults(o)
  if (faults.length > 0) return err(faults)
  const { stack, daemons, configText } = o.resolved
  const prefix = unitPrefix(stack)
  const services = [...stack.daemons].flatMap(([name, spec]) => {
    const daemon = daemons.get(name)
    return daemon === undefined ? [] : renderDaemon(daemon, spec, prefix, o)
  })
  const files: RenderedFile[] = [
    { name: `${prefix}.target`, text: renderTarget(stack, o.scope), secret: false },
    ...services,
    ...(configText === undefined ? [] : [{ name: `${prefix}.toml`, text: configText, secret: true }]),
    { name: `${prefix}.env.example`, text: renderStackEnvTemplate(stack, `${prefix}.env`), secret: false },
  ]
  return ok({ files, remarks: remarkOn([...daemons.values()]) })
}

function renderDaemon(
  daemon: ResolvedDaemon,
  spec: DaemonSpec,
  prefix: string,
  o: SystemdOptions,
): RenderedFile[] {
  const unit = `${prefix}-${daemon.name}`
  const environment = splitEnvironment(daemon, spec, o.resolved.secrets)
  const { hidden } = environment
  const checkArguments = listAskable(daemon).length === 0 ? [] : writeCheck(spec, o)
  const service = renderService({ ...o, daemon, environment, prefix, checkArguments })
  const template = renderEnvTemplate(daemon.name, join(o.outDir, `${unit}.env`), hidden)
  return [
    { name: `${unit}.service`, text: service, secret: false },
    ...(hidden.length === 0 ? [] : [{ name: `${unit}.env.example`, text: template, secret: false }]),
  ]
}

function renderTarget(stack: Stack, scope: SystemdOptions['scope']): string {
  const services = [...stack.daemons.keys()].map((name) => `${unitPrefix(stack)}-${name}.service`)
  return [
    '# Rendered by `smokechain export systemd`. Render it again rather than editing it.',
    '[Unit]',
    `Description=All daemons of the stack ${stack.name}`,
    ...services.map((service) => `Wants=${service}`),
    '',
    '[Install]',
    `WantedBy=${scope === 'user' ? 'default.target' : 'multi-user.target'}`,
    '',
  ].join('\n')
}

/** Hidden are secrets by name, by mark or by what was filled in, and what the readiness check reads itself. */
function splitEnvironment(daemon: ResolvedDaemon, spec: DaemonSpec, secrets: readonly string[]): Environment {
  const entries = Object.entries(daemon.env)
  const asked = listProbeVariables(spec)
  const isHidden = (name: string, value: string): boolean =>
    isSecretName(name) || asked.includes(name) || holdsSecret(value, secrets)
  const hidden = entries.filter(([name, value]) => isHidden(name, value)).map(([name]) => name)
  return {
    open: entries.filter(([name, value]) => !isHidden(name, value)),
    hidden: [...new Set([...hidden, ...asked])],
  }
}

/** `wait NAME …`: the placeholders of its probes are filled in there as they are here. */
function writeCheck(spec: DaemonSpec, o: SystemdOptions): string[] {
  return [
    'wait',
    spec.name,
    '--stack',
    o.resolved.stack.file,
    ...(probesUse(spec, 'data') && o.dataDir !== undefined ? ['--data', o.dataDir] : []),
    ...(probesUse(spec, 'config') ? ['--config', o.configPath] : []),
  ]
}

function remarkOn(daemons: readonly ResolvedDaemon[]): string[] {
  const unasked = daemons.flatMap(({ name, ready }) => {
    const kinds = ready.filter((spec) => !isAskable(spec)).map(({ kind }) => kind)
    return kinds.length === 0 ? [] : [`${name} (${kinds.join(', ')})`]
  })
  const watched = daemons.filter(({ alive }) => alive.length > 0).map(({ name }) => name)
  return [
    ...(unasked.length > 0
      ? [`only who starts a daemon can ask these probes; the units do without: ${unasked.join(', ')}`]
      : []),
    ...(watched.length > 0
      ? [`systemd has nothing for \`alive\`; it notices only the end of: ${watched.join(', ')}`]
      : []),
  ]
}
