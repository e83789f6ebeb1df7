/** Monotonic time. The wall clock may step backwards; nothing in the tool measures with it. */

/** Milliseconds since an arbitrary fixed point. */
export const now = (): number => performance.now()
