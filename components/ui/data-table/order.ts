type Value = string | number | null | undefined;

const collator = new Intl.Collator("en", { numeric: true });

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
}

/**
 * The order of rows by one value of each: the places of the rows, first to last. Missing values come last whichever
 * way it goes; equal ones stay as they came.
 * @param known an order from before: where little has changed since, sorting from there costs one look at each row
 */
export function orderOf(values: readonly Value[], descending: boolean, known: readonly number[] = []): number[] {
  const order = known.length === values.length ? [...known] : values.map((_, index) => index);
  const sign = descending ? -1 : 1;
  return order.sort((a, b) => {
    const [one, other] = [values[a] ?? null, values[b] ?? null];
    if (one === null || other === null) return one === other ? a - b : one === null ? 1 : -1;
    return sign * compare(one, other) || a - b;
  });
}
