/** Small file-system helpers for data that must survive a crash. */
import { type FileHandle, open } from 'node:fs/promises'

/** The system's code of an error, e.g. ENOENT; undefined when it is no system error. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Makes a new, renamed or removed name in the folder survive a crash. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Writes every byte at `position`; a short write goes on where it stopped. */
export async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** Writes all chunks one after the other from `position` on, with one call where the system takes them all. */
export async function writeBlock(
  file: FileHandle,
  chunks: readonly Buffer[],
  position: number,
): Promise<void> {
  const { bytesWritten } = await file.writev([...chunks], position)
  // A short write (a disk that is nearly full) goes on where it stopped, and there meets its error.
  let at = 0
  for (const chunk of chunks) {
    const missing = chunk.subarray(Math.max(0, bytesWritten - at))
    if (missing.length > 0) await writeAll(file, missing, position + at + chunk.length - missing.length)
    at += chunk.length
  }
}
