/** A stretch of a text that is drawn as one row: a line, or a piece of a long one. */
export interface TextRow {
  readonly start: number;
  readonly end: number;
  /** From 1; null for a piece that goes on the row before. */
  readonly line: number | null;
}

/** No row is longer than so many UTF-16 units: a line of a megabyte becomes some hundred rows. */
const rowLimit = 2000;

/** Divides a text into rows at its line ends, and long lines further, never inside a surrogate pair. */
export function textRows(text: string): readonly TextRow[] {
  const rows: TextRow[] = [];
  let start = 0;
  for (let line = 1; start <= text.length; line++) {
    const feed = text.indexOf("\n", start);
    let end = feed < 0 ? text.length : feed;
    // A carriage return before the feed belongs to the line's end.
    if (feed > start && text[feed - 1] === "\r") end--;
    let at = start;
    do {
      let stop = Math.min(end, at + rowLimit);
      const last = text.charCodeAt(stop - 1);
      if (stop < end && last >= 0xd800 && last < 0xdc00) stop--;
      rows.push({ start: at, end: stop, line: at === start ? line : null });
      at = stop;
    } while (at < end);
    if (feed < 0) break;
    start = feed + 1;
  }
  return rows;
}
