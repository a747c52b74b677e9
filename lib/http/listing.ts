import { runInNewContext } from "node:vm";
import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { flag, integer } from "@/lib/http/schemas";

/** Longest time that a caller's regular expression may take over a list, in ms. */
const REGEX_TIME_MS = 250;

/** What RabbitMQ's lists understand: which columns, in which order, which page (rabbitmq.com/docs/http-api-reference). */
export const listQuery = z.object({
  columns: z.string().optional().meta({ description: "Columns to return, with commas; dots go into objects." }),
  sort: z.string().optional().meta({ description: "Column to sort by; dots go into objects." }),
  sort_reverse: flag.default(false),
  page: z.string().optional().meta({ description: "Number of the page, from 1; with it the answer is an object." }),
  page_size: z.string().optional().meta({ description: "1 to 500; 100 if not given." }),
  name: z.string().optional().meta({ description: "Keeps items whose name holds this. Only with page." }),
  use_regex: flag.default(false).meta({ description: "Whether `name` is a regular expression." }),
});
export type ListQuery = z.output<typeof listQuery>;

/** A page of a list in RabbitMQ's form. */
export interface ListPage<T> {
  readonly filtered_count: number;
  readonly item_count: number;
  readonly items: readonly T[];
  readonly page: number;
  readonly page_count: number;
  readonly page_size: number;
  readonly total_count: number;
}

/** Applies the query to a whole list: an array, or a page when a page was asked for. Throws `bad-request`. */
export function listed(items: readonly object[], query: ListQuery): readonly object[] | ListPage<object> {
  const chosen = columnsOf(query);
  if (query.page === undefined) return chosen(sorted(items, query));
  const page = pageNumber(query.page, Number.MAX_SAFE_INTEGER, query);
  const pageSize = query.page_size === undefined ? 100 : pageNumber(query.page_size, 500, query);
  const filtered = sorted(named(items, query), query);
  const pageCount = Math.max(1, Math.ceil(filtered.length / pageSize));
  if (page > pageCount) {
    throw new BrokerError("bad-request", `There is no page ${page}: there are ${pageCount} of ${pageSize} items.`);
  }
  const onPage = filtered.slice((page - 1) * pageSize, page * pageSize);
  return {
    filtered_count: filtered.length,
    item_count: onPage.length,
    items: chosen(onPage),
    page,
    page_count: pageCount,
    page_size: pageSize,
    total_count: items.length,
  };
}

/** One object with only the columns that were asked for. */
export function withColumns(item: object, query: { readonly columns?: string | undefined }): object {
  return columnsOf(query)([item])[0] ?? {};
}

function columnsOf(query: { readonly columns?: string | undefined }): (items: readonly object[]) => readonly object[] {
  const columns = (query.columns ?? "").split(",").filter((column) => column !== "");
  if (columns.length === 0) return (items) => items;
  const paths = columns.map((column) => column.split("."));
  return (items) => items.map((item) => pick(item, paths));
}

function pick(item: object, paths: readonly (readonly string[])[]): object {
  const picked: Record<string, unknown> = {};
  for (const path of paths) {
    const value = valueAt(item, path);
    if (value === undefined) continue;
    let into = picked;
    for (const step of path.slice(0, -1)) {
      const inner = Object.hasOwn(into, step) ? into[step] : undefined;
      into = isObject(inner) ? inner : define(into, step, {});
    }
    define(into, path.at(-1) ?? "", value);
  }
  return picked;
}

/** Sets a member even if it is called `__proto__`. */
function define<T>(object: Record<string, unknown>, name: string, value: T): T {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

function sorted(items: readonly object[], query: ListQuery): readonly object[] {
  if (query.sort === undefined || query.sort === "") return query.sort_reverse ? [...items].reverse() : items;
  const path = query.sort.split(".");
  const direction = query.sort_reverse ? -1 : 1;
  return items
    .map((item) => ({ item, key: valueAt(item, path) }))
    .sort((one, other) => direction * compare(one.key, other.key))
    .map(({ item }) => item);
}

/** Missing values come first, then numbers and booleans, then text. */
function compare(one: unknown, other: unknown): number {
  const rank = (value: unknown) => (value === undefined || value === null ? 0 : typeof value === "string" ? 2 : 1);
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  if (typeof one === "string" && typeof other === "string") return one < other ? -1 : one > other ? 1 : 0;
  return Number(one ?? 0) - Number(other ?? 0);
}

function named(items: readonly object[], query: ListQuery): readonly object[] {
  const wanted = query.name ?? "";
  if (wanted === "") return items;
  const names = items.map((item) => String(valueAt(item, ["name"]) ?? ""));
  const fits = query.use_regex ? fitsPattern(names, wanted) : names.map((name) => contains(name, wanted));
  return items.filter((_, index) => fits[index]);
}

function contains(name: string, wanted: string): boolean {
  return name.toLowerCase().includes(wanted.toLowerCase());
}

/** Runs a caller's expression where it can be stopped: some take forever. */
function fitsPattern(names: readonly string[], pattern: string): readonly boolean[] {
  try {
    const code = "const expression = new RegExp(pattern, 'i'); names.map((name) => expression.test(name))";
    return runInNewContext(code, { names: [...names], pattern }, { timeout: REGEX_TIME_MS });
  } catch (error) {
    // Errors from the other context are no instances of this one's Error.
    const slow = isObject(error) && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    const problem = slow ? `takes longer than ${REGEX_TIME_MS} ms` : "is not a regular expression";
    throw new BrokerError("bad-request", `'${pattern.slice(0, 100)}' ${problem}.`);
  }
}

function valueAt(item: object, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const step of path) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function pageNumber(text: string, most: number, query: ListQuery): number {
  const parsed = integer(1, most).safeParse(text);
  if (parsed.success) return parsed.data;
  throw new BrokerError("bad-request", `There is no page ${query.page} of ${query.page_size ?? 100} items.`);
}
