"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { type FormEvent, useEffect, useState } from "react";
import { useOneVhost, VhostNote } from "@/components/messages/one-vhost";
import { LifeTimeline } from "@/components/timeline/life";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Input } from "@/components/ui/field";
import { KeyValues } from "@/components/ui/key-values";
import { PageHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { VisibleText } from "@/components/ui/visible-text";
import { ApiError } from "@/lib/api-client/client";
import { type Life, type Lives, type TimelineKey, timelineKeys, timelineQuery } from "@/lib/api-client/timeline";
import { formatBytes } from "@/lib/format/numbers";

const keyWords: Readonly<Record<TimelineKey, string>> = {
  id: "Warren's own id",
  message_id: "message_id",
  correlation_id: "correlation_id",
};

/** The life of a message, found by an id: what happened to it, when, and who did it. */
export function TimelinePage() {
  const { vhost, chosen } = useOneVhost();
  const [{ by, value }, setSought] = useQueryStates(
    { by: parseAsStringLiteral(timelineKeys).withDefault("message_id"), value: parseAsString.withDefault("") },
    { history: "push" },
  );
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const { data, error, refetch } = useQuery(timelineQuery(vhost, by, value));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void setSought({ value: typed.trim() });
  };
  return (
    <>
      <PageHead title="Timeline" note="What happened to one message" divided />
      <form onSubmit={submit} className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 px-4 py-2">
        <Select
          aria-label="Sought by"
          className="w-40"
          value={by}
          options={timelineKeys.map((key) => ({ value: key, label: keyWords[key] }))}
          onChange={(key) => void setSought({ by: key })}
        />
        <Input
          aria-label={keyWords[by]}
          className="max-w-96"
          mono
          value={typed}
          placeholder={by === "id" ? "4294967412" : "order-42"}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" disabledReason={typed.trim() === "" ? "Write an id first" : undefined}>
          Find
        </Button>
      </form>
      {!chosen && <VhostNote vhost={vhost} what="Lives are found" />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {value === "" ? (
          <EmptyState title="Which message">
            Messages are found by the message_id or correlation_id that their publisher gave them, or by the id that
            Warren shows in lists. From any message, “Timeline” leads here.
          </EmptyState>
        ) : error instanceof ApiError && error.status === 404 ? (
          <Unknown by={by} value={value} />
        ) : error !== null && data === undefined ? (
          <ErrorState title="The timeline could not be read." error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <div className="p-4">
            <Skeleton width={240} />
          </div>
        ) : (
          <Found vhost={vhost} lives={data} value={value} by={by} />
        )}
      </div>
    </>
  );
}

function Found({ vhost, lives, value, by }: { vhost: string; lives: Lives; value: string; by: TimelineKey }) {
  return (
    <>
      {lives.messages.length === 0 ? (
        <Unknown by={by} value={value} />
      ) : (
        <ul className="divide-y divide-line">
          {lives.messages.map((life) => (
            <li
              key={life.message_id}
              className="grid grid-cols-[minmax(0,560px)_minmax(0,320px)] gap-8 px-4 py-4 narrow:grid-cols-1"
            >
              <section aria-label={`Life of message ${life.message_id}`}>
                <h2 className="mb-3">
                  Message <span className="mono">{life.message_id}</span>
                </h2>
                <LifeTimeline vhost={vhost} life={life} />
              </section>
              <aside aria-label="Properties">
                <h3 className="mb-1 font-semibold">Properties</h3>
                <KeyValues rows={rowsOf(life)} />
              </aside>
            </li>
          ))}
        </ul>
      )}
      <p className="px-4 py-3 text-12 text-ink-3">
        {!lives.complete && lives.searched_back_to !== null && (
          <>
            The search was cut short: what was published before <RelativeTime at={lives.searched_back_to} /> was not
            looked through.
          </>
        )}
      </p>
    </>
  );
}

function rowsOf(life: Life) {
  const written = Object.entries(life.properties)
    .filter(([name]) => name !== "headers")
    .map(([name, value]) => ({ name, value: <VisibleText text={String(value).slice(0, 300)} /> }));
  return [{ name: "body", value: formatBytes(life.payload_bytes), plain: true }, ...written];
}

function Unknown({ by, value }: { by: TimelineKey; value: string }) {
  return (
    <EmptyState title="No message has this id">
      Nothing that is kept has the {keyWords[by]} <code className="break-all">{value.slice(0, 300)}</code>.
    </EmptyState>
  );
}
