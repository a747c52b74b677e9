"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { queueHref } from "@/components/queues/links";
import { QueueArgumentsForm } from "@/components/queues/queue-arguments-form";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { declareQueue } from "@/lib/api-client/queues";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";
import { vhostsQuery } from "@/lib/api-client/vhosts";

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
  const vhosts = useQuery({ ...vhostsQuery, enabled: open });
  const [chosenVhost, setChosenVhost] = useState(vhost ?? "/");
  const [form, setForm] = useState(fresh);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const nameField = useRef<HTMLInputElement>(null);
  const formId = useId();
  const change = (part: Partial<typeof fresh>) => setForm((now) => ({ ...now, ...part }));

  useEffect(() => {
    if (open) setChosenVhost(vhost ?? "/");
    else {
      setForm(fresh);
      setError(undefined);
    }
  }, [open, vhost]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (form.name === "" || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await declareQueue(chosenVhost, form.name, {
        durable: form.durable || form.type === "quorum",
        auto_delete: form.autoDelete,
        arguments: { ...form.arguments, ...(form.type === "quorum" && { "x-queue-type": "quorum" }) },
      });
      await client.invalidateQueries({ queryKey: ["queues"] });
      router.push(queueHref(chosenVhost, form.name));
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Add a queue"
      wide
      initialFocus={nameField}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button
            size="lg"
            type="submit"
            form={formId}
            variant="primary"
            busy={busy}
            disabledReason={form.name === "" ? "It needs a name first" : undefined}
          >
            Add queue
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid grid-cols-[minmax(0,1fr)_200px] gap-4 phone:grid-cols-1">
          <Field label="Name">
            <Input
              ref={nameField}
              mono
              large
              value={form.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Field label="Virtual host">
            <Select
              large
              mono
              value={chosenVhost}
              onChange={setChosenVhost}
              options={(vhosts.data ?? [{ name: chosenVhost }]).map(({ name }) => ({ value: name, label: name }))}
            />
          </Field>
        </div>
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
        {error !== undefined && (
          <ErrorNote title="The queue was not added." error={error} lost="Nothing was changed." />
        )}
      </form>
    </Dialog>
  );
}
