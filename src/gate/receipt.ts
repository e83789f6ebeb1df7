/**
 * A receipt: that the whole chain of one stack was green on one git tree, with this tool on this runtime. A file
 * `<tree>-<stack>.json`, in one exact spelling with a checksum: whatever is not byte for byte as it was written is none.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, messageOf } from '../kernel/errno.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { writeFileAtomic } from '../ledger/write-atomic.ts'

/** Changes with the meaning of any field: receipts of another version are not trusted. */
const SCHEMA = 1
/** Receipts that are kept. */
const KEPT = 200
/** Clocks of one machine may be set back a little, milliseconds. */
const CLOCK_SLACK_MS = 60_000

/** Why there is no receipt to look at. */
export const NO_RECEIPT = 'there is none'

/** What must be the same for a run to count for a push. */
export interface Subject {
  /** Id of a git tree. */
  readonly tree: string
  readonly stack: StackIdentity
  /** Version of the tool. */
  readonly tool: string
  /** `describeRuntime()`. */
  readonly runtime: string
}

/** Which stack file, and what was in it. */
export interface StackIdentity {
  /** From the top of the working tree, or absolute when it lies elsewhere. */
  readonly path: string
  /** SHA-256 of its text, hexadecimal. */
  readonly sha256: string
}

export interface Receipt extends Subject {
  readonly chain: readonly string[]
  /** Smokes that passed. */
  readonly passed: number
  /** Id of the run. */
  readonly run: string
  /** When it was written, ISO 8601. */
  readonly at: string
}

/** Node's version and the platform: `v24.21.0 linux-x64`. */
export function describeRuntime(): string {
  return `${process.version} ${process.platform}-${process.arch}`
}

/** Line ends do not count: git may write them as it likes. */
export function identifyStack(path: string, text: string): StackIdentity {
  return { path, sha256: sha256(text.replaceAll('\r\n', '\n')) }
}

/** Writes the receipt into the folder, which is made when it is not there. Throws the system's error. */
export function writeReceipt(folder: string, receipt: Receipt): void {
  mkdirSync(folder, { recursive: true })
  writeFileAtomic(join(folder, nameOf(receipt)), spell(receipt))
  prune(folder)
}

/** @returns the receipt for exactly this; or why there is none, as the end of a sentence. */
export function readReceipt(folder: string, subject: Subject): Result<Receipt, string> {
  const read = readText(join(folder, nameOf(subject)))
  if (!read.ok) return read
  const text = read.value
  const receipt = parse(text)
  if (receipt === undefined) return err('it is damaged, or was edited, or another version wrote it')
  const fault = findFault(receipt, subject)
  return fault === undefined ? ok(receipt) : err(fault)
}

function findFault(receipt: Receipt, subject: Subject): string | undefined {
  const { stack } = receipt
  if (receipt.tree !== subject.tree) return 'it is for another tree'
  if (stack.path !== subject.stack.path || stack.sha256 !== subject.stack.sha256) {
    return 'it is for another stack file'
  }
  if (receipt.tool !== subject.tool) return `smokechain ${receipt.tool} wrote it, this is ${subject.tool}`
  if (receipt.runtime !== subject.runtime) return `it ran on ${receipt.runtime}, this is ${subject.runtime}`
  if (receipt.chain.length === 0 || receipt.passed !== receipt.chain.length) return 'its chain was not green'
  const at = Date.parse(receipt.at)
  // Not a number: no date at all.
  if (!(at <= Date.now() + CLOCK_SLACK_MS)) return `it claims to be from the future (${receipt.at})`
  return undefined
}

const nameOf = ({ tree, stack }: Subject): string => `${tree}-${stackKey(stack)}.json`

/** Path and text both: two stacks with the same text are two stacks. */
const stackKey = ({ path, sha256: text }: StackIdentity): string => sha256(`${path}\0${text}`).slice(0, 16)

/** The one spelling of a receipt. */
function spell(receipt: Receipt): string {
  const body = {
    schema: SCHEMA,
    tree: receipt.tree,
    stack: { path: receipt.stack.path, sha256: receipt.stack.sha256 },
    chain: receipt.chain,
    passed: receipt.passed,
    tool: receipt.tool,
    runtime: receipt.runtime,
    run: receipt.run,
    at: receipt.at,
  }
  return `${JSON.stringify({ ...body, checksum: sha256(JSON.stringify(body)) }, null, 2)}\n`
}

function parse(text: string): Receipt | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  // Spelled again, with its schema and checksum, it must be the very text: so nothing is missing, added or changed.
  return isReceipt(value) && spell(value) === text ? value : undefined
}

function isReceipt(value: unknown): value is Receipt {
  if (!isRecord(value) || !isRecord(value['stack'])) return false
  const { chain, passed, stack } = value
  const texts = [value['tree'], value['tool'], value['runtime'], value['run'], value['at']]
  return (
    [...texts, stack['path'], stack['sha256']].every((each) => typeof each === 'string') &&
    typeof passed === 'number' &&
    Array.isArray(chain) &&
    chain.every((smoke) => typeof smoke === 'string')
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function readText(file: string): Result<string, string> {
  try {
    return ok(readFileSync(file, 'utf8'))
  } catch (error) {
    // Whatever stands in the way, there is no receipt that could count.
    return err(hasCode(error, 'ENOENT', 'ENOTDIR') ? NO_RECEIPT : `it cannot be read: ${messageOf(error)}`)
  }
}

/** Keeps the newest. */
function prune(folder: string): void {
  const receipts = readdirSync(folder).filter((name) => /^[0-9a-f]+-[0-9a-f]{16}\.json$/.test(name))
  if (receipts.length <= KEPT) return
  const aged = receipts.map((name) => ({ path: join(folder, name), mtimeMs: ageOf(join(folder, name)) }))
  const old = aged.sort((a, b) => b.mtimeMs - a.mtimeMs).slice(KEPT)
  for (const { path } of old) rmSync(path, { force: true })
}

/** 0 for a file that another process has just removed. */
function ageOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
