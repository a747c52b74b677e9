import { Fragment, type ReactNode } from "react";

const c0 =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );
const names: Readonly<Record<number, string>> = {
  32: "SP",
  127: "DEL",
  160: "NBSP",
  173: "SHY",
  1564: "ALM",
  8203: "ZWSP",
  8206: "LRM",
  8207: "RLM",
  8232: "LSEP",
  8233: "PSEP",
  8234: "LRE",
  8235: "RLE",
  8236: "PDF",
  8237: "LRO",
  8238: "RLO",
  8288: "WJ",
  8294: "LRI",
  8295: "RLI",
  8296: "FSI",
  8297: "PDI",
  65279: "BOM",
};

/** Characters that have no look of their own or turn others round. Joiners stay: scripts and emoji need them. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const hiddenOrPlain = /(?![\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|\ufffd/gu;

/** The name of a hidden character: `NUL`, `RLO`, else `U+E0041`. */
function nameOfHidden(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return c0[code] ?? names[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function Mark({ character }: { character: string }) {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const lost = character === "\ufffd";
  const word = lost ? "\ufffd" : character === "\n" ? "\u21b5" : nameOfHidden(character);
  return (
    <span
      className="body-mark"
      title={lost ? "Bytes that are not UTF-8: Hex shows them" : `U+${code} ${nameOfHidden(character)}`}
    >
      {word}
    </span>
  );
}

/** What stands at an end of a name and can't be seen there. */
const blankEnds = /^\s+|\s+$/g;

/**
 * The name of a thing (queue, exchange, virtual host, user, consumer, routing key), which anybody may have chosen: like VisibleText,
 * and spaces at its ends are drawn as marks too, and those within are kept.
 */
export function NameText({ text }: { text: string }) {
  const inner = text.replace(blankEnds, "");
  const from = inner === "" ? text.length : text.indexOf(inner);
  return (
    <bdi className="name-text">
      <BlankEnd text={text.slice(0, from)} />
      {withMarks(inner, "n")}
      <BlankEnd text={text.slice(from + inner.length)} />
    </bdi>
  );
}

/** A plain space is one that is seen; others have their names or numbers already. */
function BlankEnd({ text }: { text: string }) {
  if (text === "") return null;
  return [...text].map((character, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: characters have no other identity.
    <Mark key={index} character={character} />
  ));
}

/** A name as it can be typed: without what hides, and without spaces at its ends. Empty where nothing of it can be typed. */
export function typeableName(name: string): string {
  return name.replace(hiddenOrPlain, "").trim();
}

function withMarks(text: string, key: string): ReactNode {
  if (!hidden.test(text) && !text.includes("\ufffd")) return text;
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(hiddenOrPlain)) {
    if (found.index > from) pieces.push(text.slice(from, found.index));
    pieces.push(<Mark key={`${key}.${found.index}`} character={found[0]} />);
    // Where lines are kept, a line's end is one, besides being marked.
    if (found[0] === "\n") pieces.push("\n");
    from = found.index + found[0].length;
  }
  pieces.push(text.slice(from));
  return pieces;
}

/**
 * Text of a stranger, shown as text: what hides or turns text round is drawn as a small mark with its name, and the
 * whole is isolated, so that it can't change the order of what stands beside it.
 * `hits` are words to mark, compared without regard to case.
 */
export function VisibleText({ text, hits = [] }: { text: string; hits?: readonly string[] }) {
  const words = hits.filter((word) => word !== "");
  if (words.length === 0) return <bdi>{withMarks(text, "t")}</bdi>;
  const pattern = new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "gi");
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    if (found[0] === "") continue;
    pieces.push(<Fragment key={`p${from}`}>{withMarks(text.slice(from, found.index), `p${from}`)}</Fragment>);
    pieces.push(<mark key={`h${found.index}`}>{withMarks(found[0], `h${found.index}`)}</mark>);
    from = found.index + found[0].length;
  }
  pieces.push(<Fragment key={`p${from}e`}>{withMarks(text.slice(from), `p${from}e`)}</Fragment>);
  return <bdi>{pieces}</bdi>;
}
