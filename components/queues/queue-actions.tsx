"use client";

import { useQueryClient } from "@tanstack/react-query";
import { CornerDownRight, Ellipsis, Eraser, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { queueListHref } from "@/components/queues/links";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { usePhone } from "@/components/ui/media";
import { Menu, MenuItem } from "@/components/ui/menu";
import { showDone } from "@/components/ui/toast";
import { NameText } from "@/components/ui/visible-text";
import { deleteQueue, purgeQueue, type Queue } from "@/lib/api-client/queues";
import { restoreTrash } from "@/lib/api-client/trash";
import { formatCount, formatNoun } from "@/lib/format/numbers";

const MoveDialog = dynamic(() => import("@/components/queues/move-dialog").then((module) => module.MoveDialog), {
  ssr: false,
});

/** What can be done with a whole queue: move its messages, purge it, delete it. */
export function QueueActions({ queue }: { queue: Queue }) {
  const router = useRouter();
  const client = useQueryClient();
  const phone = usePhone();
  const [asking, setAsking] = useState<"move" | "purge" | "delete" | null>(null);
  const close = () => setAsking(null);
  const nothingReady = queue.messages_ready === 0 ? "There is nothing ready in it" : undefined;

  const purge = async () => {
    const { messages: count, trash } = await purgeQueue(queue.vhost, queue.name);
    showDone({
      message: `${formatNoun(count, "message")} of ${queue.name} ${count === 1 ? "is" : "are"} in the trash`,
      ...(trash !== null && { undo: () => restoreTrash(trash) }),
    });
    await client.invalidateQueries({ queryKey: ["queues"] });
  };
  const remove = async () => {
    const { trash } = await deleteQueue(queue.vhost, queue.name);
    showDone({
      message: trash === null ? `Queue ${queue.name} is deleted` : `Queue ${queue.name} is in the trash`,
      ...(trash !== null && { undo: () => restoreTrash(trash) }),
    });
    router.push(queueListHref(queue.vhost));
    await client.invalidateQueries({ queryKey: ["queues", "list"] });
  };

  const icons = {
    move: <CornerDownRight className="icon-14" aria-hidden="true" />,
    purge: <Eraser className="icon-14" aria-hidden="true" />,
    delete: <Trash2 className="icon-14" aria-hidden="true" />,
  };
  return (
    <>
      {phone ? (
        <Menu trigger={<Button icon={<Ellipsis className="icon-14" aria-hidden="true" />}>More</Button>}>
          <MenuItem icon={icons.move} disabledReason={nothingReady} onSelect={() => setAsking("move")}>
            Move…
          </MenuItem>
          <MenuItem icon={icons.purge} danger disabledReason={nothingReady} onSelect={() => setAsking("purge")}>
            Purge…
          </MenuItem>
          <MenuItem icon={icons.delete} danger onSelect={() => setAsking("delete")}>
            Delete…
          </MenuItem>
        </Menu>
      ) : (
        <>
          <Button icon={icons.move} disabledReason={nothingReady} onClick={() => setAsking("move")}>
            Move…
          </Button>
          <Button variant="danger" icon={icons.purge} disabledReason={nothingReady} onClick={() => setAsking("purge")}>
            Purge…
          </Button>
          <Button variant="danger" icon={icons.delete} onClick={() => setAsking("delete")}>
            Delete…
          </Button>
        </>
      )}
      {asking === "move" && <MoveDialog open onClose={close} queue={queue} />}
      <ConfirmDialog
        open={asking === "purge"}
        onClose={close}
        title={
          <>
            Purge{" "}
            <code className="text-16">
              <NameText text={queue.name} />
            </code>
          </>
        }
        typed={queue.name}
        confirm={`Purge ${formatNoun(queue.messages_ready, "message")}`}
        keep="Keep them"
        onConfirm={purge}
      >
        <p>
          <b className="font-semibold">{formatNoun(queue.messages_ready, "ready message")}</b>{" "}
          {queue.messages_ready === 1 ? "goes" : "go"} to the trash, with order and ids kept, and can be restored for 7
          days.
        </p>
        <p className="text-ink-2">{whatStays(queue)}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "delete"}
        onClose={close}
        title={
          <>
            Delete{" "}
            <code className="text-16">
              <NameText text={queue.name} />
            </code>
          </>
        }
        typed={queue.name}
        confirm={`Delete queue and ${formatNoun(queue.messages, "message")}`}
        keep="Keep it"
        onConfirm={remove}
      >
        <p>
          The queue goes with its bindings and <b className="font-semibold">{formatNoun(queue.messages, "message")}</b>
          {queue.exclusive
            ? ". It belongs to a connection, so this can’t be undone."
            : " to the trash, and can be restored as it is for 7 days."}
        </p>
        <p className="text-ink-2">
          Consumers are cancelled. What is published to it meanwhile goes elsewhere, or nowhere.
        </p>
      </ConfirmDialog>
    </>
  );
}

function whatStays(queue: Queue): string {
  const unacked = queue.messages_unacknowledged;
  if (unacked === 0) return "The queue itself and its bindings stay.";
  return `The queue, its bindings and ${formatCount(unacked)} unacknowledged ${unacked === 1 ? "message" : "messages"} in consumers’ hands stay.`;
}
