/** How long what was purged, discarded or deleted can be restored, in ms. */
export const TRASH_KEPT_MS = 7 * 24 * 60 * 60 * 1000;
