/** The few things a fault proxy must know of a daemon's configuration file, and the one it changes. */

export interface Address {
  readonly host: string
  readonly port: number
}

/** `[service]` up to the next section. */
function sectionOf(config: string, service: string): { readonly from: number; readonly text: string } {
  const header = new RegExp(`^\\[${service}\\]$`, 'm').exec(config)
  if (!header) throw new Error(`the configuration has no section [${service}]`)
  const rest = config.slice(header.index + 1)
  const end = /^\[/m.exec(rest)
  return {
    from: header.index,
    text: config.slice(header.index, end ? header.index + 1 + end.index : undefined),
  }
}

function readText(config: string, service: string, key: string): string {
  const found = new RegExp(`^${key} = "([^"]*)"$`, 'm').exec(sectionOf(config, service).text)
  if (!found?.[1]) throw new Error(`[${service}] has no ${key}`)
  return found[1]
}

export function readBind(config: string, service: string): Address {
  const bind = readText(config, service, 'bind')
  const colon = bind.lastIndexOf(':')
  return { host: bind.slice(0, colon), port: Number(bind.slice(colon + 1)) }
}

/** The folder that `key` of the section names; `store.root` is looked up in the section of that name. */
export function readFolder(config: string, service: string, key: string): string {
  const names = key.split('.')
  const last = names.pop() ?? ''
  return readText(config, [service, ...names].join('\\.'), last)
}

/** The same configuration with another bind. */
export function replaceBind(config: string, service: string, bind: string): string {
  const { from, text } = sectionOf(config, service)
  const changed = text.replace(/^bind = "[^"]*"$/m, `bind = "${bind}"`)
  return config.slice(0, from) + changed + config.slice(from + text.length)
}
