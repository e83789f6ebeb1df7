/** Which stack a verb speaks of when none is named. */

const KEPT_UP = ['up', 'down', 'status', 'logs', 'restart', 'export', 'wait']

/** @param attached with `--attach`. @returns a path from the folder of the project. */
export function usualStack(verb: string, attached = false): string {
  return attached || KEPT_UP.includes(verb) ? 'stacks/persistent.toml' : 'stacks/dev.toml'
}
