"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Eraser, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { showDone } from "@/components/ui/toast";
import { NameText } from "@/components/ui/visible-text";
import { deleteQueue, purgeQueue, type Queue } from "@/lib/api-client/queues";
import { restoreTrash } from "@/lib/api-client/trash";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** Purge and delete for the selected queues, each with its exact count. */
export function QueueSelectionActions({ queues, onDone }: { queues: readonly Queue[]; onDone: () => void }) {
  const [asking, setAsking] = useState<"purge" | "delete" | null>(null);
  const client = useQueryClient();
  const ready = queues.reduce((sum, queue) => sum + queue.messages_ready, 0);
  const all = queues.reduce((sum, queue) => sum + queue.messages, 0);
  const done = async () => {
    onDone();
    await client.invalidateQueries({ queryKey: ["queues"] });
  };

  const purge = async () => {
    const purged = await eachInTurn(queues, ({ vhost, name }) => purgeQueue(vhost, name));
    const batches = purged.flatMap((answer) => answer.trash ?? []);
    const count = purged.reduce((sum, answer) => sum + answer.messages, 0);
    showDone({
      message: `${formatNoun(count, "message")} of ${formatNoun(queues.length, "queue")} ${count === 1 ? "is" : "are"} in the trash`,
      ...(batches.length > 0 && { undo: () => eachInTurn(batches, restoreTrash) }),
    });
    await done();
  };
  const remove = async () => {
    const deleted = await eachInTurn(queues, ({ vhost, name }) => deleteQueue(vhost, name));
    const batches = deleted.flatMap(({ trash }) => trash ?? []);
    showDone({
      message: `${formatNoun(queues.length, "queue")} ${queues.length === 1 ? "is" : "are"} ${batches.length > 0 ? "in the trash" : "deleted"}`,
      ...(batches.length > 0 && { undo: () => eachInTurn(batches, restoreTrash) }),
    });
    await done();
  };

  return (
    <>
      <Button
        variant="danger"
        icon={<Eraser className="icon-14" aria-hidden="true" />}
        disabledReason={ready === 0 ? "There is nothing ready in them" : undefined}
        onClick={() => setAsking("purge")}
      >
        Purge {formatNoun(ready, "message")}…
      </Button>
      <Button
        variant="danger"
        icon={<Trash2 className="icon-14" aria-hidden="true" />}
        onClick={() => setAsking("delete")}
      >
        Delete {formatNoun(queues.length, "queue")}…
      </Button>
      <ConfirmDialog
        open={asking === "purge"}
        onClose={() => setAsking(null)}
        title={`Purge ${formatNoun(queues.length, "queue")}`}
        typed={String(ready)}
        confirm={`Purge ${formatNoun(ready, "message")}`}
        keep="Keep them"
        failed="Queues that were purged before it failed have their messages in the trash."
        onConfirm={purge}
      >
        <p>
          All <b className="font-semibold">{formatCount(ready)}</b> ready messages go to the trash, from where they can
          be restored for 7 days. Messages in consumers’ hands stay with them.
        </p>
        <QueueNames queues={queues} />
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "delete"}
        onClose={() => setAsking(null)}
        title={`Delete ${formatNoun(queues.length, "queue")}`}
        typed={String(queues.length)}
        confirm={`Delete ${formatNoun(queues.length, "queue")} and ${formatNoun(all, "message")}`}
        keep="Keep them"
        failed="Queues that were deleted before it failed are in the trash."
        onConfirm={remove}
      >
        <p>
          The queues, their bindings and their <b className="font-semibold">{formatNoun(all, "message")}</b> go to the
          trash, and can be restored as they are for 7 days.
          {queues.some(({ exclusive }) => exclusive) &&
            " Those that are exclusive belong to connections, and are gone for good."}
        </p>
        <QueueNames queues={queues} />
      </ConfirmDialog>
    </>
  );
}

function QueueNames({ queues }: { queues: readonly Queue[] }) {
  return (
    <ul className="max-h-40 overflow-y-auto rounded-5 border border-line px-2 py-1">
      {queues.map((queue) => (
        <li key={`${queue.vhost} ${queue.name}`} className="flex justify-between gap-4">
          <code className="clip-text">
            <NameText text={queue.name} />
          </code>
          <span className="text-12 text-ink-3">{formatCount(queue.messages)}</span>
        </li>
      ))}
    </ul>
  );
}

/** One after the other, so that a failure leaves the rest untouched. */
async function eachInTurn<In, Out>(items: readonly In[], action: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of items) results.push(await action(item));
  return results;
}
