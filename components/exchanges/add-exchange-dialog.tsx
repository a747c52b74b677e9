"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { exchangeHref } from "@/components/queues/links";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { declareExchange, type ExchangeType } from "@/lib/api-client/exchanges";
import { vhostsQuery } from "@/lib/api-client/vhosts";

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
      await declareExchange(chosenVhost, form.name, {
        type: form.type,
        durable: form.durable,
        auto_delete: form.autoDelete,
        internal: form.internal,
        arguments: form.alternate === "" ? {} : { "alternate-exchange": form.alternate },
      });
      await client.invalidateQueries({ queryKey: ["exchanges"] });
      router.push(exchangeHref(chosenVhost, form.name));
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
      title="Add an exchange"
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
            Add exchange
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
        <div className="flex flex-col gap-1">
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
        {error !== undefined && (
          <ErrorNote title="The exchange was not added." error={error} lost="Nothing was changed." />
        )}
      </form>
    </Dialog>
  );
}
