"use client";

import { useQuery } from "@tanstack/react-query";
import { completeMessageWord } from "@/components/messages/message-filter";
import { type ReplaySource, spans, spanWords } from "@/components/replay/replay-request";
import { Checkbox } from "@/components/ui/checkbox";
import { Combobox } from "@/components/ui/combobox";
import { Field } from "@/components/ui/field";
import { FilterField } from "@/components/ui/filter/filter-field";
import { parseQuery, writeQuery } from "@/components/ui/filter/query";
import { Segments } from "@/components/ui/segments";
import { TimeField } from "@/components/ui/time-field";
import { defaultExchangeLabel, exchangesQuery } from "@/lib/api-client/exchanges";
import { queueCountsQuery } from "@/lib/api-client/queue-counts";

const qualifiers = ["exchange", "key", "properties.", "headers.", "body."] as const;

/** Which messages come again: from a queue, an exchange or the virtual host; when they were published; what they hold. */
export function SourceFields({
  vhost,
  source,
  onChange,
}: {
  vhost: string;
  source: ReplaySource;
  onChange: (source: ReplaySource) => void;
}) {
  const { data: queues } = useQuery(queueCountsQuery(vhost));
  const { data: exchanges } = useQuery(exchangesQuery(vhost));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="Messages of"
          value={source.from}
          onChange={(from) => onChange({ ...source, from })}
          options={[
            { value: "queue", label: "A queue" },
            { value: "exchange", label: "An exchange" },
            { value: "all", label: "The virtual host" },
          ]}
        />
        {source.from === "queue" && (
          <Combobox
            aria-label="Queue"
            className="w-52 shrink-0 phone:w-full"
            mono
            value={source.queue}
            onChange={(queue) => onChange({ ...source, queue })}
            placeholder="Part of its name"
            options={(queues ?? []).map(({ name }) => ({ value: name, label: name }))}
            nothing="No queue has this in its name"
          />
        )}
        {source.from === "exchange" && (
          <Combobox
            aria-label="Exchange"
            className="w-44 shrink-0 phone:w-full"
            mono
            value={source.exchange}
            onChange={(exchange) => onChange({ ...source, exchange })}
            placeholder="Part of its name"
            options={(exchanges ?? []).map((each) => ({
              value: each.name,
              label: each.name || defaultExchangeLabel,
              hint: each.type,
            }))}
            nothing="No exchange has this in its name"
          />
        )}
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-12 text-ink-2">Published within the last</legend>
        <div>
          <Segments
            label="Published within the last"
            value={source.span}
            onChange={(span) => onChange({ ...source, span })}
            options={spans.map((value) => ({ value, label: spanWords[value] }))}
          />
        </div>
        {source.span === "own" && (
          <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
            <Field label="From">
              <TimeField value={source.since} onChange={(since) => onChange({ ...source, since })} />
            </Field>
            <Field label="To">
              <TimeField value={source.until} onChange={(until) => onChange({ ...source, until })} />
            </Field>
          </div>
        )}
      </fieldset>
      <FilterField
        query={parseQuery(source.q, qualifiers)}
        onChange={(query) => onChange({ ...source, q: writeQuery(query) })}
        names={qualifiers}
        label="Only those that hold"
        placeholder="Only those with: text, key: headers. body."
        completeTitle="What messages can be searched by"
        complete={(word) => completeMessageWord(word, [], qualifiers)}
      />
      <div className="flex flex-col">
        <Checkbox checked={source.waiting} onCheckedChange={(waiting) => onChange({ ...source, waiting })}>
          Also those that still wait in a queue
        </Checkbox>
        <Checkbox
          checked={source.mark}
          onCheckedChange={(mark) => onChange({ ...source, mark })}
          hint="as the header x-replayed-at"
        >
          Mark each with the time of the replay
        </Checkbox>
      </div>
    </div>
  );
}
