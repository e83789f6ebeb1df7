/** The state machine: which operations a trace allows, and what they make of it. Pure; `store.ts` makes it durable. */
import { createHash } from 'node:crypto'
import { conflict, notFound } from '../kit/errors.ts'
import type { Content, Draft, Entry, Trace } from './entry.ts'

export interface Revision {
  readonly reason?: string | undefined
  /** Either an existing trace, or the content of one (created when none has it). */
  readonly successor: { readonly id: string } | (Content & { readonly id?: undefined })
}

export type Update = Partial<Content>

const BRANCHES = 1_000_000

export class Memory {
  readonly #traces = new Map<string, Trace>()
  readonly #byContent = new Map<string, string>()
  readonly #entries = new Map<string, Entry[]>()

  /** In order of creation. */
  list(): Iterable<Trace> {
    return this.#traces.values()
  }

  /** The trace, or 404 `trace_not_found`. */
  get(id: string): Trace {
    const trace = this.#traces.get(id)
    if (trace === undefined) {
      throw notFound(`no trace "${id}"`, { code: 'trace_not_found', details: { id } })
    }
    return trace
  }

  /** ADD: a new trace, or a replay of the one that has this content. */
  planAdd({ content, tags, metadata }: Content): Draft {
    const known = this.#byContent.get(content)
    if (known === undefined)
      return { op: 'ADD', id: this.#newId(content), content, tags: [...tags], metadata }
    return {
      op: 'REPLAY',
      id: known,
      ...(tags.length === 0 ? {} : { tags: [...tags] }),
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    }
  }

  /** UPDATE in place; 409 `not_active`, or `duplicate_content` naming the trace that has it. */
  planUpdate(id: string, { content, tags, metadata }: Update): Draft {
    this.#demandActive(this.get(id))
    const holder = content === undefined ? undefined : this.#byContent.get(content)
    if (holder !== undefined && holder !== id) {
      throw conflict(`the trace "${holder}" has this content already`, {
        code: 'duplicate_content',
        details: { id, existing: holder },
      })
    }
    return {
      op: 'UPDATE',
      id,
      ...(content === undefined ? {} : { content }),
      ...(tags === undefined ? {} : { tags: [...tags] }),
      ...(metadata === undefined ? {} : { metadata }),
    }
  }

  /** REVISE: 409 `revision_cycle`, `already_superseded` or `not_active`; 404 for an unknown trace or successor. */
  planRevise(id: string, { successor, reason }: Revision): Draft {
    const trace = this.get(id)
    const known = successor.id ?? this.#byContent.get(successor.content ?? '')
    const why = reason === undefined ? {} : { reason }
    if (known !== undefined) {
      const next = this.get(known)
      this.#demandNoCycle(trace, next)
      this.#demandRevisable(trace)
      this.#demandActive(next)
      return { op: 'REVISE', id, successor: known, ...why }
    }
    this.#demandRevisable(trace)
    if (successor.id !== undefined) throw new Error('a successor by id is always known here')
    const { content, tags, metadata } = successor
    const created = { content, tags: [...tags], metadata }
    return { op: 'REVISE', id, successor: this.#newId(content), ...why, created }
  }

  /** RETIRE; undefined when it is retired already. */
  planRetire(id: string, reason?: string): Draft | undefined {
    if (this.get(id).status === 'retired') return undefined
    return { op: 'RETIRE', id, ...(reason === undefined ? {} : { reason }) }
  }

  /** Ids of the trace's lineage: what it came from, itself, what became of it. In order of creation. */
  lineage(id: string): string[] {
    const seen = new Set<string>()
    const waiting = [this.get(id)]
    for (let trace = waiting.pop(); trace !== undefined; trace = waiting.pop()) {
      if (seen.has(trace.id)) continue
      seen.add(trace.id)
      const before = trace.supersedes.map((older) => this.get(older))
      waiting.push(...before)
    }
    for (let next = this.get(id).superseded_by; next !== null; next = this.get(next).superseded_by)
      seen.add(next)
    return [...this.#traces.keys()].filter((known) => seen.has(known))
  }

  /** HISTORY: everything that happened to the lineage, oldest first. */
  history(id: string): Entry[] {
    const entries = this.lineage(id).flatMap((known) => this.#entries.get(known) ?? [])
    return entries.sort((a, b) => a.seq - b.seq)
  }

  /**
   * Takes an entry over. Returns the traces it changed. Throws a plain `Error` when the entry contradicts what is
   * known, which only a damaged log can do.
   */
  apply(entry: Entry): Trace[] {
    const changed = this.#change(entry)
    for (const trace of changed) {
      const before = this.#traces.get(trace.id)
      if (before !== undefined && before.content !== trace.content) this.#byContent.delete(before.content)
      this.#traces.set(trace.id, trace)
      this.#byContent.set(trace.content, trace.id)
    }
    const own = this.#entries.get(entry.id) ?? []
    own.push(entry)
    this.#entries.set(entry.id, own)
    return changed
  }

  #change(entry: Entry): Trace[] {
    const { id, at } = entry
    if (entry.op === 'ADD') return [this.#create(id, entry, at)]
    const trace = this.#known(id)
    switch (entry.op) {
      case 'REPLAY':
        return [{ ...trace, replays: trace.replays + 1 }]
      case 'UPDATE': {
        const { content = trace.content, tags = trace.tags, metadata = trace.metadata } = entry
        return [{ ...trace, content, tags, metadata, version: trace.version + 1, updated_at: at }]
      }
      case 'REVISE': {
        const { successor, created } = entry
        const next = created === undefined ? this.#known(successor) : this.#create(successor, created, at)
        return [
          { ...trace, status: 'superseded', superseded_by: successor, updated_at: at },
          { ...next, supersedes: [...next.supersedes, id], updated_at: at },
        ]
      }
      case 'RETIRE':
        return [{ ...trace, status: 'retired', retired_reason: entry.reason ?? null, updated_at: at }]
    }
  }

  #create(id: string, { content, tags, metadata }: Content, at: string): Trace {
    if (this.#traces.has(id)) throw new Error(`the trace "${id}" is added twice`)
    return {
      id,
      content,
      tags,
      metadata,
      status: 'active',
      replays: 0,
      version: 1,
      supersedes: [],
      superseded_by: null,
      retired_reason: null,
      created_at: at,
      updated_at: at,
    }
  }

  #known(id: string): Trace {
    const trace = this.#traces.get(id)
    if (trace === undefined) throw new Error(`the trace "${id}" was never added`)
    return trace
  }

  /** From the content; after an update another trace may have left its id behind, so count on. */
  #newId(content: string): string {
    const base = `tr-${createHash('sha256').update(content).digest('hex').slice(0, 24)}`
    for (let n = 1; n < BRANCHES; n += 1) {
      const id = n === 1 ? base : `${base}-${n}`
      if (!this.#traces.has(id)) return id
    }
    throw new Error(`no free id for ${base}`)
  }

  #demandActive({ id, status, superseded_by }: Trace): void {
    if (status === 'active') return
    throw conflict(`the trace "${id}" is ${status}`, {
      code: 'not_active',
      details: { id, status, superseded_by },
    })
  }

  #demandRevisable(trace: Trace): void {
    const { id, superseded_by } = trace
    if (trace.status === 'superseded') {
      throw conflict(`the trace "${id}" is superseded by "${superseded_by}" already; revise that one`, {
        code: 'already_superseded',
        details: { id, superseded_by },
      })
    }
    this.#demandActive(trace)
  }

  /** Following the successors of `next` must not lead back to `trace`. */
  #demandNoCycle(trace: Trace, next: Trace): void {
    const path = [trace.id, next.id]
    for (let at = next; at.id !== trace.id; ) {
      if (at.superseded_by === null) return
      at = this.get(at.superseded_by)
      path.push(at.id)
    }
    throw conflict(`revising "${trace.id}" by "${next.id}" would close a cycle: ${path.join(' → ')}`, {
      code: 'revision_cycle',
      details: { id: trace.id, successor_id: next.id, path },
    })
  }
}
