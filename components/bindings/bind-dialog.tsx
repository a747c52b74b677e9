"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type HeaderMatch, HeaderMatchFields, toArguments } from "@/components/bindings/header-match-fields";
import { Combobox } from "@/components/ui/combobox";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
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

  useEffect(() => {
    if (open) return;
    setOther(null);
    setKey("");
    setHeaders(noMatch);
  }, [open]);

  const source = fromHere ? fixed.exchange : other;
  const type = exchanges.data?.find(({ name }) => name === source)?.type;
  const bindable = (exchanges.data ?? []).filter(({ name }) => name !== "");

  const submit = async () => {
    if (other === null || source === null) return;
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
  };

  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={
        <>
          Bind <code className="text-16">{"queue" in fixed ? fixed.queue : fixed.exchange}</code>
        </>
      }
      action="Bind"
      problem={other === null ? "Choose the other end first" : undefined}
      failure="It was not bound."
      lost="Nothing was changed."
      onSubmit={submit}
    >
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
    </FormDialog>
  );
}
