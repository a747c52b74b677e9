import type { ReactNode } from "react";

/** Placeholders, strings (with a colon behind them: names), numbers, literals, signs. */
const tokens =
  /(\{\{(?:now|uuid|n)\}\})|("(?:[^"\\\n]|\\.)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b|([{}[\],:]+)/g;

/** One line of JSON in its colours. Whatever isn't JSON stays as it is. */
export function highlightLine(line: string): ReactNode {
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const found of line.matchAll(tokens)) {
    const [whole, placeholder, string, colon, number, literal] = found;
    if (found.index > from) pieces.push(line.slice(from, found.index));
    const key = found.index;
    if (placeholder !== undefined) pieces.push(<Placeholder key={key} text={placeholder} />);
    else if (string !== undefined) {
      pieces.push(
        <span key={key} className={colon === undefined ? undefined : "text-ink-3"}>
          {withPlaceholders(string)}
          {colon}
        </span>,
      );
    } else if (number !== undefined || literal !== undefined) {
      pieces.push(
        <span key={key} className="text-clay">
          {whole}
        </span>,
      );
    } else {
      pieces.push(
        <span key={key} className="text-ink-3">
          {whole}
        </span>,
      );
    }
    from = found.index + whole.length;
  }
  pieces.push(line.slice(from));
  return pieces;
}

/** A line of text that isn't JSON: only placeholders stand out. */
export function withPlaceholders(text: string): ReactNode {
  if (!text.includes("{{")) return text;
  return text.split(/(\{\{(?:now|uuid|n)\}\})/).map((piece, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place.
      <Placeholder key={index} text={piece} />
    ) : (
      piece
    ),
  );
}

function Placeholder({ text }: { text: string }) {
  return <span className="border-b border-dashed border-accent text-accent">{text}</span>;
}
