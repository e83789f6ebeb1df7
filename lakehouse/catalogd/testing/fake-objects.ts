/** For tests: storaged as catalogd sees it, in memory. */
import type { ObjectClient } from '../../kit/objects.ts'

/** `fault` makes every call fail. */
export class FakeObjects implements ObjectClient {
  readonly stored = new Map<string, Buffer>()
  readonly requestIds: unknown[] = []
  fault: Error | undefined
  failures = 0

  #check(): void {
    if (this.fault === undefined) return
    this.failures += 1
    throw this.fault
  }
  async put(key: string, bytes: string | Uint8Array, options?: { requestId?: string }) {
    this.requestIds.push(options?.requestId)
    // Gives concurrent requests the chance to meet.
    await new Promise((resolve) => setImmediate(resolve))
    this.#check()
    this.stored.set(key, Buffer.from(bytes))
    return { key, size: bytes.length, sha256: '' }
  }
  async get(key: string) {
    this.#check()
    return this.stored.get(key)
  }
  async head() {
    return undefined
  }
  async delete(key: string) {
    this.#check()
    return this.stored.delete(key)
  }
  async *list(prefix: string) {
    this.#check()
    for (const [key, { length }] of [...this.stored].sort())
      if (key.startsWith(prefix)) yield { key, size: length }
  }
}
