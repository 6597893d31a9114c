/** Bounds of the model, each with its reason. */

/** Rows of a room in memory while somebody looks at it; the rest is asked for when it is wanted. */
export const WINDOW_ROWS = 2_000;
/** Rows of a room that nobody looks at: what is there at once when somebody does. */
export const RESTING_ROWS = 100;
/** Entries asked for at once; the server gives at most 200. */
export const PAGE_ENTRIES = 100;
/** Missed entries that are fetched unasked after a cut; behind more the reader scrolls, or jumps to the newest. */
export const CATCH_UP_ENTRIES = 400;
/** Edits and deletions remembered, for pages that the server read before it heard of them. */
export const REMEMBERED_CHANGES = 500;

export const GREETING_MS = 15_000;
/** Without a sign for so long the server is asked for one; as long again without one, and the line is dead. */
export const SILENCE_MS = 20_000;
/** When the machine says that its network changed, the line has so long to show that it lives. */
export const PROBE_MS = 3_000;

export const FIRST_WAIT_MS = 100;
export const LONGEST_WAIT_MS = 10_000;

/** Others are told at most so often that one is writing… */
export const TYPING_EVERY_MS = 3_000;
/** …and believe it for so long. */
export const TYPING_LASTS_MS = 6_000;
/** How far one has read is sent at most so often. */
export const READ_EVERY_MS = 500;
