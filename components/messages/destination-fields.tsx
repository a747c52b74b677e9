"use client";

import { useQuery } from "@tanstack/react-query";
import { Combobox } from "@/components/ui/combobox";
import { Field, Input } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { defaultExchangeLabel, exchangesQuery } from "@/lib/api-client/exchanges";
import type { JobDestination } from "@/lib/api-client/jobs";
import { queueCountsQuery } from "@/lib/api-client/queue-counts";
import { formatCount } from "@/lib/format/numbers";

/** Where messages are to be sent, as a form holds it. */
export interface DestinationChoice {
  readonly way: "origin" | "queue" | "exchange";
  readonly queue: string | null;
  readonly exchange: string | null;
  readonly key: string;
}

export const noDestination: DestinationChoice = { way: "origin", queue: null, exchange: null, key: "" };

/** The destination that was chosen; undefined for the messages' own. */
export function destinationOf(choice: DestinationChoice): JobDestination | undefined {
  if (choice.way === "queue") return { exchange: "", routing_key: choice.queue ?? "" };
  if (choice.way === "exchange") return { exchange: choice.exchange ?? "", routing_key: choice.key };
  return undefined;
}

/** What is still to be chosen, as the reason why nothing can be sent yet. */
export function missingDestination({ way, queue, exchange }: DestinationChoice): string | undefined {
  if (way === "queue" && queue === null) return "Choose a queue first";
  if (way === "exchange" && exchange === null) return "Choose an exchange first";
  return undefined;
}

/** Back to where they belong, to a queue, or through an exchange. */
export function DestinationFields({
  vhost,
  choice,
  onChange,
  origin,
}: {
  vhost: string;
  choice: DestinationChoice;
  onChange: (choice: DestinationChoice) => void;
  /** The words for their own place: "Where they died". Left out: not offered. */
  origin?: string;
}) {
  const { data: queues } = useQuery(queueCountsQuery(vhost));
  const { data: exchanges } = useQuery(exchangesQuery(vhost));
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Segments
          label="Send to"
          value={choice.way}
          onChange={(way) => onChange({ ...choice, way })}
          options={[
            ...(origin === undefined ? [] : [{ value: "origin" as const, label: origin }]),
            { value: "queue", label: "A queue" },
            { value: "exchange", label: "An exchange" },
          ]}
        />
      </div>
      {choice.way === "queue" && (
        <Field label="Queue">
          <Combobox
            mono
            large
            value={choice.queue}
            onChange={(queue) => onChange({ ...choice, queue })}
            placeholder="Part of its name"
            options={(queues ?? []).map((each) => ({
              value: each.name,
              label: each.name,
              hint: `${formatCount(each.messages_ready)} ready`,
            }))}
            nothing="No queue has this in its name"
          />
        </Field>
      )}
      {choice.way === "exchange" && (
        <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
          <Field label="Exchange">
            <Combobox
              mono
              large
              value={choice.exchange}
              onChange={(exchange) => onChange({ ...choice, exchange })}
              placeholder="Part of its name"
              options={(exchanges ?? [])
                .filter((each) => !each.internal)
                .map((each) => ({ value: each.name, label: each.name || defaultExchangeLabel, hint: each.type }))}
              nothing="No exchange has this in its name"
            />
          </Field>
          <Field label="Routing key">
            <Input
              mono
              large
              value={choice.key}
              onChange={(event) => onChange({ ...choice, key: event.target.value })}
            />
          </Field>
        </div>
      )}
    </div>
  );
}
