import type { Sort } from "@/components/ui/data-table/columns";
import type { Binding } from "@/lib/api-client/bindings";

/** The bindings whose ends, routing key or arguments contain the text, without regard to case, in the order asked for. */
export function orderedBindings(
  bindings: readonly Binding[],
  end: "source" | "destination",
  text: string,
  sort: Sort,
): Binding[] {
  const sought = text.toLowerCase();
  const found = bindings.filter((binding) =>
    [binding[end], binding.routing_key, JSON.stringify(binding.arguments)].some((part) =>
      part.toLowerCase().includes(sought),
    ),
  );
  const by = (binding: Binding) => (sort.column === "key" ? binding.routing_key : binding[end]);
  const ascending = found.toSorted((a, b) => by(a).localeCompare(by(b)) || a.routing_key.localeCompare(b.routing_key));
  return sort.descending ? ascending.reverse() : ascending;
}
