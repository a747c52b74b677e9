import { BrokerError } from "@/lib/broker/errors";

/** The names in the braces of a pattern such as `/api/queues/{vhost}/{name}`. */
export type PathNames<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** A pattern taken apart: each segment is a word or the name of a parameter. */
export type PathPattern = readonly ({ readonly word: string } | { readonly name: string })[];

/** Takes a pattern apart. */
export function parsePattern(pattern: string): PathPattern {
  return segments(pattern).map((segment) =>
    segment.startsWith("{") ? { name: segment.slice(1, -1) } : { word: segment },
  );
}

/**
 * The segments of a path as they stand in the request, still encoded. Splitting comes before decoding, so that a name
 * may hold a slash (`%2F`). A slash at the end means nothing.
 */
export function segments(rawPath: string): string[] {
  const parts = rawPath.split("/").slice(1);
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return parts;
}

/** The still encoded parameters if the path fits the pattern, otherwise null. A parameter is never empty. */
export function matchPath(pattern: PathPattern, path: readonly string[]): Record<string, string> | null {
  if (pattern.length !== path.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = path[index] ?? "";
    if ("word" in part) {
      if (part.word !== segment) return null;
    } else {
      if (segment === "") return null;
      parameters[part.name] = segment;
    }
  }
  return parameters;
}

/** Words come before parameters, so that `/a/count` is found before `/a/{id}`. */
export function compareSpecificity(one: PathPattern, other: PathPattern): number {
  for (const [index, part] of one.entries()) {
    const counterpart = other[index];
    if (counterpart === undefined) return 1;
    const difference = Number("name" in part) - Number("name" in counterpart);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Undoes the percent encoding of one segment. Throws `bad-request` where it isn't UTF-8, or where it holds NUL. */
export function decodeSegment(segment: string): string {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    throw new BrokerError("bad-request", `'${segment.slice(0, 100)}' in the path is not percent-encoded UTF-8.`);
  }
  if (text.includes("\0")) throw new BrokerError("bad-request", "A name in the path holds the character NUL.");
  return text;
}

/** The parameters after the `?`. The last of several with one name counts. Throws `bad-request` as `decodeSegment`. */
export function parseQuery(search: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  for (const pair of search.replace(/^\?/, "").split("&")) {
    if (pair === "") continue;
    const [name = "", ...value] = pair.replaceAll("+", " ").split("=");
    query[decodeSegment(name)] = decodeSegment(value.join("="));
  }
  return query;
}
