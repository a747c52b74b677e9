"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useState } from "react";
import { type HeaderMatch, HeaderMatchFields, toArguments } from "@/components/bindings/header-match-fields";
import { Button } from "@/components/ui/button";
import { Combobox } from "@/components/ui/combobox";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { bind } from "@/lib/api-client/bindings";
import { type ExchangeType, exchangesQuery } from "@/lib/api-client/exchanges";
import { queuesQuery } from "@/lib/api-client/queues";

/** The end of the new binding that is known already. */
export type BindEnd =
  | { readonly queue: string }
  | { readonly exchange: string; readonly end: "source" | "destination" };

const keyHints: Readonly<Record<ExchangeType, string>> = {
  topic: "Words between dots; * stands for one word, # for any number of them",
  direct: "Equal to the message's routing key",
  fanout: "Not looked at: every message goes there",
  headers: "Not looked at: the headers below decide",
};
const noMatch: HeaderMatch = { match: "all", rows: [] };

/** Adds a binding; one end is given, the other is chosen. */
export function BindDialog({
  open,
  onClose,
  vhost,
  fixed,
}: {
  open: boolean;
  onClose: () => void;
  vhost: string;
  fixed: BindEnd;
}) {
  const client = useQueryClient();
  const exchanges = useQuery({ ...exchangesQuery(vhost), enabled: open });
  const queues = useQuery({ ...queuesQuery(vhost), enabled: open && !("queue" in fixed) });
  const fromHere = "exchange" in fixed && fixed.end === "source";
  const [other, setOther] = useState<string | null>(null);
  const [kind, setKind] = useState<"queue" | "exchange">("queue");
  const [key, setKey] = useState("");
  const [headers, setHeaders] = useState(noMatch);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const formId = useId();

  useEffect(() => {
    if (open) return;
    setOther(null);
    setKey("");
    setHeaders(noMatch);
    setError(undefined);
  }, [open]);

  const source = fromHere ? fixed.exchange : other;
  const type = exchanges.data?.find(({ name }) => name === source)?.type;
  const bindable = (exchanges.data ?? []).filter(({ name }) => name !== "");

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (other === null || source === null || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await bind({
        vhost,
        source,
        destination: "queue" in fixed ? fixed.queue : fromHere ? other : fixed.exchange,
        destinationType: "queue" in fixed ? "queue" : fromHere ? kind : "exchange",
        routingKey: key,
        arguments: type === "headers" ? toArguments(headers) : {},
      });
      await client.invalidateQueries({ queryKey: ["bindings"] });
      onClose();
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
      title={
        <>
          Bind <code className="text-16">{"queue" in fixed ? fixed.queue : fixed.exchange}</code>
        </>
      }
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
            disabledReason={other === null ? "Choose the other end first" : undefined}
          >
            Bind
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        {fromHere && (
          <Segments
            label="What it leads to"
            value={kind}
            onChange={(next) => {
              setKind(next);
              setOther(null);
            }}
            options={[
              { value: "queue", label: "To a queue" },
              { value: "exchange", label: "To an exchange" },
            ]}
          />
        )}
        <Field label={fromHere ? (kind === "queue" ? "Queue" : "Exchange") : "From exchange"}>
          <Combobox
            mono
            large
            value={other}
            onChange={setOther}
            options={
              fromHere && kind === "queue"
                ? (queues.data ?? []).map(({ name }) => ({ value: name, label: name }))
                : bindable.map(({ name, type: hint }) => ({ value: name, label: name, hint }))
            }
          />
        </Field>
        <Field label="Routing key" hint={type && keyHints[type]}>
          <Input mono large value={key} onChange={(event) => setKey(event.target.value)} />
        </Field>
        {type === "headers" && <HeaderMatchFields value={headers} onChange={setHeaders} />}
        {error !== undefined && <ErrorNote title="It was not bound." error={error} lost="Nothing was changed." />}
      </form>
    </Dialog>
  );
}
