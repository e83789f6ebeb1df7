/** Which systems the tool can tell the truth on. */

/** One clear line when this system is neither Linux nor macOS; otherwise undefined. */
export function unsupportedPlatform(platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform === 'linux' || platform === 'darwin') return undefined
  return `smokechain runs on Linux and macOS; on ${platform} it cannot prove which process owns a socket`
}
