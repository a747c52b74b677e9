/** Only so much of an error's message is compared, in UTF-16 units. */
const maxCompared = 500;

/**
 * What changes from one failure to the next of the same cause, in the order in which it is taken out: the longer forms
 * before those that they contain. All are linear in the length of the text.
 */
const changing: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>()]+/gi, "<url>"],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "<email>"],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?/g, "<time>"],
  [/\b\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?\b/g, "<time>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<uuid>"],
  // An apostrophe within a word (`can't`) opens nothing.
  [/(?<![\w"'`])"[^"\n]*"(?!\w)/g, '"<text>"'],
  [/(?<![\w"'`])'[^'\n]*'(?!\w)/g, "'<text>'"],
  [/(?<![\w"'`])`[^`\n]*`(?!\w)/g, "`<text>`"],
  [/\b[A-Za-z]:\\[^\s"'`<>|]*/g, "<path>"],
  [/(?<![\w<>./])~?(?:\.{1,2})?(?:\/[\w.@+-]+){2,}\/?/g, "<path>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, "<ip>"],
  [/\b0x[0-9a-f]+\b/gi, "<hex>"],
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b/gi, "<hex>"],
  // Letters and digits mixed, too long for a word: ULIDs, tokens, keys.
  [/\b(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9]{12,}\b/g, "<id>"],
  [/\d+(?:[.,]\d+)*/g, "<n>"],
];

const onlyName = /^(["'`])[A-Za-z_][A-Za-z_.]{0,99}\1$/;

/**
 * An error's message with numbers, ids, times, paths and quoted values taken out, so that failures of one cause have the
 * same. Only the first line that says something is compared. Empty for no message.
 */
export function fingerprintOf(message: string | null): string {
  const line = message?.split(/[\r\n]+/).find((one) => one.trim() !== "") ?? "";
  let text = line.trim().replace(/\s+/g, " ").slice(0, maxCompared);
  // Python's KeyError and its like say nothing but the name that was not there: it is the cause.
  if (onlyName.test(text)) return text;
  for (const [pattern, name] of changing) text = text.replace(pattern, name);
  return text.replace(/\p{Surrogate}/gu, "");
}
