import { type CeleryTask, celeryCall } from "@/components/messages/celery-call";
import { KeyValues } from "@/components/ui/key-values";
import { RelativeTime } from "@/components/ui/relative-time";
import { VisibleText } from "@/components/ui/visible-text";

/** What a message says as a Celery task: the call, its id, how often it was tried, when it is due, its chain. */
export function CeleryNote({ task }: { task: CeleryTask }) {
  const rows = [
    { name: "call", value: <VisibleText text={celeryCall(task)} /> },
    { name: "id", value: <VisibleText text={task.id} /> },
    { name: "retries", value: task.retries },
    ...(task.eta === null ? [] : [{ name: "eta", value: <RelativeTime at={task.eta} />, plain: true }]),
    ...(task.expires === null ? [] : [{ name: "expires", value: <RelativeTime at={task.expires} />, plain: true }]),
    ...named("group", task.group),
    ...named("root id", task.root_id === task.id ? null : task.root_id),
    ...named("parent id", task.parent_id),
    ...named("origin", task.origin),
  ];
  return (
    <section aria-label="Celery task">
      <h3 className="mt-3 mb-1 font-semibold">Celery task</h3>
      <KeyValues rows={rows} />
    </section>
  );
}

function named(name: string, value: string | null) {
  return value === null ? [] : [{ name, value: <VisibleText text={value} /> }];
}
