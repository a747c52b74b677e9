import { plain } from "@/components/queues/queue-features";
import { EmptyState } from "@/components/ui/empty-state";
import { KeyValues } from "@/components/ui/key-values";
import { SectionHead } from "@/components/ui/page-head";
import type { Queue } from "@/lib/api-client/queues";

/** What a queue was declared with. It can't be changed: a queue with other arguments is another queue. */
export function QueueArguments({ queue }: { queue: Queue | undefined }) {
  if (queue === undefined) return null;
  const given = Object.entries(queue.arguments);
  return (
    <div className="grid min-h-0 flex-1 grid-cols-2 divide-x divide-line overflow-y-auto narrow:grid-cols-1 narrow:divide-x-0">
      <section>
        <SectionHead title="Arguments" note={given.length} />
        <div className="px-4 pb-4">
          {given.length === 0 ? (
            <EmptyState boxed title="Declared without arguments">
              Limits, expiry and dead-lettering are set by arguments when a queue is declared.
            </EmptyState>
          ) : (
            <KeyValues rows={given.map(([name, value]) => ({ name, value: plain(value), note: typeName(value) }))} />
          )}
        </div>
      </section>
      <section>
        <SectionHead title="Declaration" />
        <div className="px-4 pb-4">
          <KeyValues
            rows={[
              { name: "name", value: queue.name },
              { name: "vhost", value: queue.vhost },
              { name: "type", value: queue.type },
              { name: "durable", value: String(queue.durable) },
              { name: "auto_delete", value: String(queue.auto_delete) },
              { name: "exclusive", value: String(queue.exclusive) },
            ]}
          />
        </div>
      </section>
    </div>
  );
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value === "object" ? "table" : typeof value;
}
