/** Environment variables by which the processes of a run are found again, whatever they did to their session or parent. */

/** An environment variable that a process carries from its start. The value must be unique on this machine. */
export interface Marker {
  readonly name: string
  readonly value: string
}

/** Carried by every process of the run. */
export function runMarker(run: string): Marker {
  return { name: 'SMOKECHAIN_RUN', value: run }
}

/**
 * Carried by the processes of one daemon (`queryd`) or one smoke (`smoke:d1`) of the run. The value holds the run's
 * id too: two runs side by side both have a `queryd`, and neither may stop the other's.
 */
export function ownerMarker(run: Marker, owner: string): Marker {
  return { name: 'SMOKECHAIN_OWNER', value: `${run.value}/${owner}` }
}

/** The environment entries for these markers. */
export function markerEnvironment(...markers: readonly Marker[]): Record<string, string> {
  return Object.fromEntries(markers.map((marker) => [marker.name, marker.value]))
}
