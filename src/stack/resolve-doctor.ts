/** Fills the placeholders of `[doctor.s3]`. Its endpoint may be a daemon whose port is leased only while it runs. */
import { err, ok, type Result } from '../kernel/result.ts'
import type { Diagnostic } from './diagnostic.ts'
import { placeProblems, SourceText } from './locate.ts'
import { maskDiagnostics } from './mask.ts'
import { findSocket, splitTemplate } from './placeholders.ts'
import { Filler, type ResolveOptions } from './resolve.ts'
import type { DoctorS3, Stack } from './types.ts'

/** In the file's own spelling, for places and messages. */
const KEYS = {
  endpoint: 'endpoint',
  region: 'region',
  bucket: 'bucket',
  accessKeyId: 'access_key_id',
  secretAccessKey: 'secret_access_key',
} as const satisfies Record<keyof DoctorS3, string>

export type ResolvedS3 =
  | { readonly known: true; readonly store: DoctorS3; readonly secrets: readonly string[] }
  /** `socket`: the placeholder whose port nobody has leased now. */
  | { readonly known: false; readonly socket: string; readonly daemon: string }

/**
 * Undefined when the file has no `[doctor.s3]`. Fails only for `{env.VAR}` without that variable.
 *
 * @param o.ports leased ports of the stack that is running; empty when none is.
 */
export function resolveDoctorS3(
  stack: Stack,
  o: Pick<ResolveOptions, 'ports' | 'env'>,
): Result<ResolvedS3 | undefined, Diagnostic[]> {
  const spec = stack.doctor?.s3
  if (spec === undefined) return ok(undefined)
  const missing = Object.values(spec).flatMap((text) => findLeased(text, stack, o.ports))[0]
  if (missing !== undefined) return ok({ known: false, ...missing })

  const filler = new Filler(stack, { ...o, dataDir: '', configPath: '' })
  const fill = (key: keyof DoctorS3): string => filler.fill(spec[key], ['doctor', 's3', KEYS[key]])
  const store: DoctorS3 = {
    endpoint: fill('endpoint'),
    region: fill('region'),
    bucket: fill('bucket'),
    accessKeyId: fill('accessKeyId'),
    secretAccessKey: fill('secretAccessKey'),
  }
  if (filler.problems.length > 0) {
    const placed = placeProblems(filler.problems, new SourceText(stack.file, stack.source ?? ''))
    return err(maskDiagnostics(placed, stack.secrets))
  }
  return ok({ known: true, store, secrets: [store.accessKeyId, store.secretAccessKey, ...filler.secrets] })
}

/** Sockets with port 0 in the file that no running stack has a port for. */
function findLeased(
  template: string,
  stack: Stack,
  ports: ResolveOptions['ports'],
): { socket: string; daemon: string }[] {
  const binds = new Map([...stack.daemons].map(([name, spec]) => [name, spec.binds.map((bind) => bind.name)]))
  return splitTemplate(template).flatMap((part) => {
    if (part.kind !== 'placeholder' || part.name === undefined || part.key === 'env') return []
    const socket = findSocket(part.name, { binds, hasConfig: true })
    if (socket === undefined) return []
    const { daemon, bind } = socket
    const declared = stack.daemons.get(daemon)?.binds.find((one) => one.name === bind)
    const port = ports.get(daemon)?.get(bind) ?? declared?.port ?? 0
    return port === 0 ? [{ socket: part.source, daemon }] : []
  })
}
