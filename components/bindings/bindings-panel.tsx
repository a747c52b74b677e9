"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import type { BindEnd } from "@/components/bindings/bind-dialog";
import { orderedBindings } from "@/components/bindings/bindings-order";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { plain } from "@/components/queues/queue-features";
import { Button, IconButton } from "@/components/ui/button";
import type { Sort } from "@/components/ui/data-table/columns";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Input } from "@/components/ui/field";
import { SectionHead } from "@/components/ui/page-head";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/text-link";
import { showDone } from "@/components/ui/toast";
import { NameText } from "@/components/ui/visible-text";
import { type Binding, type BindingScope, bind, bindingsQuery, unbind } from "@/lib/api-client/bindings";
import { formatCount } from "@/lib/format/numbers";

const BindDialog = dynamic(() => import("@/components/bindings/bind-dialog").then((module) => module.BindDialog), {
  ssr: false,
});

/** Bindings into a queue, or out of or into an exchange, with adding and removing. */
export function BindingsPanel(props: BindingScope) {
  const { vhost } = props;
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [failed, setFailed] = useState<{ error: unknown; title: string } | null>(null);
  const { data, error } = useQuery(bindingsQuery(props));
  const fixed: BindEnd = "queue" in props ? { queue: props.queue } : { exchange: props.exchange, end: props.end };
  const from = "queue" in props || props.end === "destination";
  // The nameless exchange binds by itself, and takes no other bindings.
  const isDefault = "exchange" in props && props.exchange === "";

  const param = from ? "from" : "to";
  const [text, setText] = useQueryState(param, parseAsString.withDefault(""));
  const { sort, onSort } = useSort({ column: "name", descending: false }, `${param}-sort`);
  const shown = data && orderedBindings(data, from ? "source" : "destination", text, sort);

  const problem = failed ?? (error && { error, title: "The bindings could not be loaded." });

  const remove = async (binding: Binding) => {
    setFailed(null);
    try {
      await unbind(binding);
      showDone({
        message: `${binding.destination} is no longer bound to ${binding.source}`,
        undo: async () => {
          await bind({ ...binding, destinationType: binding.destination_type, routingKey: binding.routing_key });
          await client.invalidateQueries({ queryKey: ["bindings"] });
        },
      });
      await client.invalidateQueries({ queryKey: ["bindings"] });
    } catch (reason) {
      setFailed({ error: reason, title: "The binding was not removed." });
    }
  };

  return (
    <section className="min-w-0">
      <SectionHead
        title={"queue" in props ? "Bindings" : from ? "Comes from" : "Goes to"}
        note={data && formatCount(data.length)}
        actions={
          !isDefault && (
            <Button
              variant="ghost"
              icon={<Plus className="icon-14" aria-hidden="true" />}
              onClick={() => setAdding(true)}
            >
              Bind…
            </Button>
          )
        }
      />
      {problem !== null && (
        <div className="px-4 pb-2">
          <ErrorNote title={problem.title} error={problem.error} lost="Nothing was changed." />
        </div>
      )}
      {data?.length === 0 ? (
        <EmptyState
          title={from ? "Nothing leads here" : "No bindings yet"}
          actions={!isDefault && <Button onClick={() => setAdding(true)}>Bind…</Button>}
        >
          {from
            ? "Bind it to an exchange to receive what is published there."
            : "What is published here is not routed anywhere: it is dropped, or returned if it is mandatory."}
        </EmptyState>
      ) : (
        <>
          <div className="flex items-center gap-2 px-4 pb-2 text-12">
            <Input
              aria-label={from ? "Filter what leads here" : "Filter what this leads to"}
              placeholder="Filter by name, key or argument"
              className="max-w-60"
              value={text}
              onChange={(event) => void setText(event.target.value || null)}
            />
            <SortButton column="name" label={from ? "From" : "To"} sort={sort} onSort={onSort} />
            <SortButton column="key" label="Routing key" sort={sort} onSort={onSort} />
          </div>
          {shown?.length === 0 && <p className="px-4 pb-2 text-12 text-ink-2">No binding here has “{text}” in it.</p>}
        </>
      )}
      {(data === undefined || data.length > 0) && (
        <ul className="border-t border-line">
          {data === undefined && !error && (
            <li className="flex min-h-9 items-center border-b border-line px-4">
              <Skeleton width={200} />
            </li>
          )}
          {(shown ?? []).map((binding) => (
            <li
              key={`${binding.source} ${binding.destination_type} ${binding.destination} ${binding.properties_key}`}
              className="grid min-h-9 grid-cols-[minmax(0,1fr)_minmax(0,1fr)_28px] items-center gap-3 border-b border-line py-1 pr-2 pl-4"
            >
              <span className="clip-text">{from ? <Source binding={binding} /> : <Target binding={binding} />}</span>
              <BindingKey binding={binding} />
              {binding.source !== "" && (
                <IconButton
                  label={`Remove the binding ${binding.source} to ${binding.destination} with ${binding.routing_key || "no key"}`}
                  onClick={() => void remove(binding)}
                >
                  <X className="icon-14" aria-hidden="true" />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && <BindDialog open onClose={() => setAdding(false)} vhost={vhost} fixed={fixed} />}
    </section>
  );
}

/** A head to sort by; a second click turns the order round. */
function SortButton(props: { column: string; label: string; sort: Sort; onSort: (sort: Sort) => void }) {
  const { column, label, sort, onSort } = props;
  const current = sort.column === column;
  const Arrow = current && sort.descending ? ArrowDown : ArrowUp;
  return (
    <Button
      variant="ghost"
      aria-label={`Sort by ${label}`}
      aria-pressed={current}
      icon={current && <Arrow className="icon-14" aria-hidden="true" />}
      onClick={() => onSort({ column, descending: current && !sort.descending })}
    >
      {label}
    </Button>
  );
}

function Source({ binding }: { binding: Binding }) {
  if (binding.source === "") return <span className="text-ink-2">(AMQP default)</span>;
  return (
    <TextLink href={exchangeHref(binding.vhost, binding.source)}>
      <code>
        <NameText text={binding.source} />
      </code>
    </TextLink>
  );
}

function Target({ binding }: { binding: Binding }) {
  const { vhost, destination, destination_type: type } = binding;
  return (
    <>
      <TextLink href={type === "queue" ? queueHref(vhost, destination) : exchangeHref(vhost, destination)}>
        <code>
          <NameText text={destination} />
        </code>
      </TextLink>
      {type === "exchange" && <span className="ml-2 text-11 text-ink-3">exchange</span>}
    </>
  );
}

/** The routing key, then the arguments of a headers binding. */
function BindingKey({ binding }: { binding: Binding }) {
  const given = Object.entries(binding.arguments);
  return (
    <span className="mono [overflow-wrap:anywhere]">
      {binding.routing_key === "" && given.length === 0 ? (
        <span className="text-ink-3">no key</span>
      ) : (
        binding.routing_key
      )}
      {given.map(([name, value]) => (
        <span key={name} className="mr-2 text-ink-2">
          {name}=<span className="text-ink">{plain(value)}</span>
        </span>
      ))}
    </span>
  );
}
