"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { exchangeHref } from "@/components/queues/links";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Segments } from "@/components/ui/segments";
import { NamedInVhost } from "@/components/vhosts/named-in-vhost";
import { declareExchange, type ExchangeType } from "@/lib/api-client/exchanges";

const typeHints: Readonly<Record<ExchangeType, string>> = {
  direct: "Goes to the queues whose binding key equals the routing key.",
  topic: "Goes to the queues whose pattern fits the routing key: order.*.eu, order.#.",
  fanout: "Goes to every bound queue.",
  headers: "Goes to the queues whose headers fit those of the message.",
};
const fresh = {
  name: "",
  type: "topic" as ExchangeType,
  durable: true,
  autoDelete: false,
  internal: false,
  alternate: "",
};

/** Declares an exchange and goes to its page. */
export function AddExchangeDialog({
  open,
  onClose,
  vhost,
}: {
  open: boolean;
  onClose: () => void;
  vhost: string | null;
}) {
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
    await declareExchange(chosenVhost, form.name, {
      type: form.type,
      durable: form.durable,
      auto_delete: form.autoDelete,
      internal: form.internal,
      arguments: form.alternate === "" ? {} : { "alternate-exchange": form.alternate },
    });
    await client.invalidateQueries({ queryKey: ["exchanges"] });
    router.push(exchangeHref(chosenVhost, form.name));
  };

  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title="Add an exchange"
      wide
      initialFocus={nameField}
      action="Add exchange"
      problem={form.name === "" ? "It needs a name first" : undefined}
      failure="The exchange was not added."
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
      <div className="flex flex-col items-start gap-1">
        <Segments
          label="Type of the exchange"
          value={form.type}
          onChange={(type) => change({ type })}
          options={(["direct", "topic", "fanout", "headers"] as const).map((value) => ({ value, label: value }))}
        />
        <p className="text-12 text-ink-3">{typeHints[form.type]}</p>
      </div>
      <div className="flex flex-wrap gap-x-6">
        <Checkbox checked={form.durable} onCheckedChange={(durable) => change({ durable })} hint="survives a restart">
          Durable
        </Checkbox>
        <Checkbox
          checked={form.autoDelete}
          onCheckedChange={(autoDelete) => change({ autoDelete })}
          hint="goes with its last binding"
        >
          Auto-delete
        </Checkbox>
        <Checkbox
          checked={form.internal}
          onCheckedChange={(internal) => change({ internal })}
          hint="only exchanges may publish to it"
        >
          Internal
        </Checkbox>
      </div>
      <Field
        label={
          <>
            What matches no binding goes to exchange <code className="text-11 text-ink-3">alternate-exchange</code>
          </>
        }
      >
        <Input mono value={form.alternate} onChange={(event) => change({ alternate: event.target.value })} />
      </Field>
    </FormDialog>
  );
}
