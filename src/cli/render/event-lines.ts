/** What every report that goes line by line says in the same words. */
import type { Event } from '../../kernel/event.ts'
import { oneLine } from '../../kernel/failure-words.ts'
import { formatDuration } from '../../kernel/units.ts'
import { renderFailureLines } from './final.ts'
import type { Paint } from './paint.ts'

/** A daemon that is ready, and what is wrong with the run itself; nothing for any other event. */
export function renderCommonEvent(event: Event, paint: Paint): string[] {
  switch (event.type) {
    case 'daemon.ready': {
      const doubt = event.ownership === 'unknown' ? paint.warn('  (owner of its socket unknown)') : ''
      return [`  ${paint.good('ready')} ${event.daemon}  ${formatDuration(event.ms)}${doubt}`]
    }
    case 'warning':
      return [paint.warn(`warning: ${oneLine(event.message)}`)]
    case 'leak.found':
    case 'evidence.lost':
    case 'tool.fault':
      return renderFailureLines(event.failure, paint, '  ')
    default:
      return []
  }
}
