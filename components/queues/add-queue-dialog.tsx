"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { queueHref } from "@/components/queues/links";
import { QueueArgumentsForm } from "@/components/queues/queue-arguments-form";
import { Checkbox } from "@/components/ui/checkbox";
import { FormDialog } from "@/components/ui/form-dialog";
import { Segments } from "@/components/ui/segments";
import { NamedInVhost } from "@/components/vhosts/named-in-vhost";
import { declareQueue } from "@/lib/api-client/queues";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";

const fresh = {
  name: "",
  type: "classic" as "classic" | "quorum",
  durable: true,
  autoDelete: false,
  arguments: {} as PlainTable,
};

/** Declares a queue and goes to its page. */
export function AddQueueDialog({ open, onClose, vhost }: { open: boolean; onClose: () => void; vhost: string | null }) {
  const router = useRouter();
  const client = useQueryClient();
  const [chosenVhost, setChosenVhost] = useState(vhost ?? "/");
  const [form, setForm] = useState(fresh);
  const nameField = useRef<HTMLInputElement>(null);
  const change = (part: Partial<typeof fresh>) => setForm((now) => ({ ...now, ...part }));

  useEffect(() => {
    if (open) setChosenVhost(vhost ?? "/");
    else setForm(fresh);
  }, [open, vhost]);

  const submit = async () => {
    await declareQueue(chosenVhost, form.name, {
      durable: form.durable || form.type === "quorum",
      auto_delete: form.autoDelete,
      arguments: { ...form.arguments, ...(form.type === "quorum" && { "x-queue-type": "quorum" }) },
    });
    await client.invalidateQueries({ queryKey: ["queues"] });
    router.push(queueHref(chosenVhost, form.name));
  };

  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title="Add a queue"
      wide
      initialFocus={nameField}
      action="Add queue"
      problem={form.name === "" ? "It needs a name first" : undefined}
      failure="The queue was not added."
      lost="Nothing was changed."
      onSubmit={submit}
    >
      <NamedInVhost
        name={form.name}
        onName={(name) => change({ name })}
        nameField={nameField}
        vhost={chosenVhost}
        onVhost={setChosenVhost}
      />
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <Segments
          label="Type of the queue"
          value={form.type}
          onChange={(type) => change({ type })}
          options={[
            { value: "classic", label: "classic" },
            { value: "quorum", label: "quorum" },
          ]}
        />
        <Checkbox
          checked={form.durable || form.type === "quorum"}
          disabled={form.type === "quorum"}
          onCheckedChange={(durable) => change({ durable })}
          hint="survives a restart"
        >
          Durable
        </Checkbox>
        <Checkbox
          checked={form.autoDelete}
          onCheckedChange={(autoDelete) => change({ autoDelete })}
          hint="goes with its last consumer"
        >
          Auto-delete
        </Checkbox>
      </div>
      <QueueArgumentsForm value={form.arguments} onChange={(next) => change({ arguments: next })} />
    </FormDialog>
  );
}
