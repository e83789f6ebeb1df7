/** Addresses, durations and sizes, as they stand in the configuration file. */
import { z } from 'zod'
import { type Bind, parseBind } from './bind.ts'

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const SIZE_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

function readUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim())
  const factor = match?.[2] === undefined ? undefined : units[match[2]]
  return match === null || factor === undefined ? undefined : Math.round(Number(match[1]) * factor)
}

/** `"127.0.0.1:3211"` → `{ host, port }`. */
export const bindSchema = z.string().transform((text, context): Bind => {
  const bind = parseBind(text)
  if (bind !== undefined) return bind
  context.addIssue({ code: 'custom', message: `"${text}" is no address; write "127.0.0.1:3211"` })
  return z.NEVER
})

/** `"500ms"`, `"30s"`, `"1.5m"`, `"1h"` → milliseconds. */
export const durationSchema = z.string().transform((text, context): number => {
  const ms = readUnit(text, DURATION_MS)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: `"${text}" is no duration; write 250ms, 15s, 1.5m or 1h` })
  return z.NEVER
})

/** `"256MiB"`, `"64KiB"`, `"100MB"`, or a whole number of bytes → bytes. */
export const sizeSchema = z.union([z.string(), z.int().nonnegative()]).transform((value, context): number => {
  const bytes = typeof value === 'number' ? value : readUnit(value, SIZE_BYTES)
  if (bytes !== undefined) return bytes
  context.addIssue({ code: 'custom', message: `"${value}" is no size; write 256MiB, 64KiB or 100MB` })
  return z.NEVER
})
