/** The store that the configuration names. */
import type { StoragedConfig } from './config.ts'
import { createFsStore } from './fs-store.ts'
import type { ObjectStore } from './store.ts'

/** `report` hears why an S3 store is not reachable yet, once for each new cause. */
export async function createStore(
  config: StoragedConfig['store'],
  report: (cause: string) => void,
): Promise<ObjectStore> {
  if (config.kind === 'fs') return createFsStore(config.root)
  // The AWS SDK takes a while to load; only those who use it wait for it.
  const { createS3Store } = await import('./s3-store.ts')
  return createS3Store(config, report)
}
