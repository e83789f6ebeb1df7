/** Where a probe connects to: one of the daemon's own sockets, or an address written out in the stack file. */
import { formatAddress } from '../host/sockets.ts'
import { clientHost, parseBind } from '../stack/bind.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import { listenerTable } from './listeners.ts'

export interface Target {
  readonly host: string
  readonly port: number
  /** As shown: `127.0.0.1:3211`, `[::1]:80`. */
  readonly address: string
}

/** A target, or the sentence that says why there is none. */
export type FoundTarget = Target | { readonly problem: string }

/** The daemon's own socket of that name, or its first. A wildcard socket is asked over loopback. */
export function ownTarget(daemon: ResolvedDaemon, bind?: string): FoundTarget {
  const found = bind === undefined ? daemon.binds[0] : daemon.binds.find((b) => b.name === bind)
  if (!found) {
    return {
      problem:
        bind === undefined ? `${daemon.name} declares no socket` : `${daemon.name} has no bind "${bind}"`,
    }
  }
  return targetOf(clientHost(found.host), found.port)
}

/** `host:port`, with or without `tcp://`. */
export function parseTarget(text: string): FoundTarget {
  const parsed = parseBind(text.replace(/^tcp:\/\//, ''))
  return 'message' in parsed ? { problem: parsed.message } : targetOf(clientHost(parsed.host), parsed.port)
}

/** @param host as a client connects to it; IPv6 without brackets. */
export function targetOf(host: string, port: number): Target {
  return { host, port, address: formatAddress(host, port) }
}

/** A gate for a probe of this target: what is lacking until something listens there. */
export function listenGate(target: Target): () => string | undefined {
  return () =>
    listenerTable.isListening(target.host, target.port) === false
      ? `nothing listens on ${target.address}`
      : undefined
}

/** Is the target one of the daemon's own sockets? Only then does the gate know better than a connection. */
export function isOwn(target: Target, daemon: ResolvedDaemon): boolean {
  return daemon.binds.some((b) => b.port === target.port && clientHost(b.host) === target.host)
}
