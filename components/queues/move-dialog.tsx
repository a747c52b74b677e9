"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Combobox } from "@/components/ui/combobox";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Note } from "@/components/ui/note";
import { showDone } from "@/components/ui/toast";
import { NameText } from "@/components/ui/visible-text";
import { type MoveResult, moveAll } from "@/lib/api-client/move";
import { type Queue, queuesQuery } from "@/lib/api-client/queues";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** Moves all ready messages of a queue to another one of its vhost. */
export function MoveDialog({ open, onClose, queue }: { open: boolean; onClose: () => void; queue: Queue }) {
  const client = useQueryClient();
  const queues = useQuery({ ...queuesQuery(queue.vhost), enabled: open });
  const [target, setTarget] = useState<string | null>(null);
  const [partly, setPartly] = useState<MoveResult | null>(null);
  const count = formatNoun(queue.messages_ready, "message");

  useEffect(() => {
    if (open) return;
    setTarget(null);
    setPartly(null);
  }, [open]);

  const submit = async () => {
    if (target === null) return;
    const result = await moveAll(queue.vhost, queue.name, target);
    await client.invalidateQueries({ queryKey: ["queues"] });
    if (result.skipped_count > 0) setPartly(result);
    else {
      showDone({ message: `${formatNoun(result.done, "message")} moved to ${target}` });
      onClose();
    }
  };

  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={
        <>
          Move messages of{" "}
          <code className="text-16">
            <NameText text={queue.name} />
          </code>
        </>
      }
      action={`Move ${count}`}
      cancel={partly ? "Close" : "Cancel"}
      problem={target === null ? "Choose where to first" : undefined}
      failure="It stopped."
      lost="No message was lost; each is in one of the two queues."
      onSubmit={submit}
    >
      <p className="text-ink-2">
        Each message is gone here exactly when it is stored there. They go to the end of that queue, in their order.
      </p>
      <Field label="To queue">
        <Combobox
          mono
          large
          value={target}
          onChange={setTarget}
          placeholder="Name of a queue"
          options={(queues.data ?? [])
            .filter(({ name }) => name !== queue.name)
            .map(({ name, messages_ready }) => ({
              value: name,
              label: name,
              hint: `${formatCount(messages_ready)} ready`,
            }))}
        />
      </Field>
      {partly && (
        <Note tone="warn" role="status">
          {formatCount(partly.done)} of {formatCount(partly.matched)} moved. {formatCount(partly.skipped_count)} stayed:{" "}
          {partly.skipped[0]?.why}
        </Note>
      )}
    </FormDialog>
  );
}
