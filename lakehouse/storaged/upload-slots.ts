/** How many uploads run at once. One too many is refused at once: it does not queue. */
import { unavailable } from '../kit/errors.ts'

export interface UploadSlots {
  /** Throws 503 `too_many_uploads` when all are taken. Given back when disposed of. */
  take(): Disposable
}

export function createUploadSlots(max: number, retryAfterS: number): UploadSlots {
  let taken = 0
  return {
    take() {
      if (taken >= max) {
        throw unavailable(`${max} uploads are under way already`, { code: 'too_many_uploads', retryAfterS })
      }
      taken += 1
      let held = true
      return {
        [Symbol.dispose]() {
          if (held) taken -= 1
          held = false
        },
      }
    },
  }
}
