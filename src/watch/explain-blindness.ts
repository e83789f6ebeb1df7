/** What to do about files whose changes the system does not tell. */
export function explainBlindness(error: Error): string {
  const code = 'code' in error ? error.code : undefined
  const isLimit = code === 'ENOSPC' || code === 'EMFILE'
  const cause = isLimit ? 'the system allows no more watches' : error.message
  const remedy = isLimit ? 'raise fs.inotify.max_user_watches and max_user_instances, or set' : 'set'
  return `warning: changes of some files are not seen: ${cause}\n  next: ${remedy} CHOKIDAR_USEPOLLING=1`
}
