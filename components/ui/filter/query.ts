export type Term = { name: string; value: string };
export type Query = { terms: Term[]; text: string };

/** Words of a query; a quoted part may hold spaces: `policy:"two words"`. */
const words = /(?:[^\s"]|"[^"]*"?)+/g;

/**
 * Reads what stands in a filter field: `state:flow orders` becomes one term and the text `orders`.
 * @param names the qualifiers that this list knows; one that ends in a dot (`headers.`) takes any name after it.
 *   Whatever else has a colon stays text.
 */
export function parseQuery(input: string, names: readonly string[]): Query {
  const terms: Term[] = [];
  const text: string[] = [];
  for (const word of input.match(words) ?? []) {
    const colon = word.indexOf(":");
    const name = word.slice(0, colon);
    const value = unquote(word.slice(colon + 1));
    if (colon > 0 && value !== "" && isKnown(name, names)) terms.push({ name, value });
    else text.push(unquote(word));
  }
  return { terms, text: text.join(" ") };
}

/** Writes a query as it would be typed; `parseQuery` reads it back. */
export function writeQuery(query: Query): string {
  return [...query.terms.map((term) => `${term.name}:${quote(term.value)}`), query.text].filter(Boolean).join(" ");
}

function isKnown(name: string, names: readonly string[]): boolean {
  return names.some((known) => (known.endsWith(".") ? name.startsWith(known) && name !== known : known === name));
}

function unquote(word: string): string {
  return word.replaceAll('"', "");
}

function quote(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
