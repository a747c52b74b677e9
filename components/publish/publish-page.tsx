"use client";

import { useQuery } from "@tanstack/react-query";
import { Send, Terminal } from "lucide-react";
import dynamic from "next/dynamic";
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useState } from "react";
import { curlFor } from "@/components/messages/message-export";
import { useOneVhost, VhostNote } from "@/components/messages/one-vhost";
import { BodyEditor } from "@/components/publish/body-editor";
import { buildPublishing, headersOf, problemsOf } from "@/components/publish/build";
import { DeliveryFields } from "@/components/publish/delivery-fields";
import { HeadersEditor } from "@/components/publish/headers-editor";
import { filler } from "@/components/publish/placeholders";
import { PropertiesFields } from "@/components/publish/properties-fields";
import { RouteView } from "@/components/publish/route-preview";
import { Templates } from "@/components/publish/templates";
import { usePublishForm } from "@/components/publish/use-publish-form";
import { useSending } from "@/components/publish/use-sending";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { Combobox } from "@/components/ui/combobox";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { Kbd } from "@/components/ui/kbd";
import { NumberField } from "@/components/ui/number-field";
import { PageHead } from "@/components/ui/page-head";
import { Segments } from "@/components/ui/segments";
import { defaultExchangeLabel, exchangesQuery } from "@/lib/api-client/exchanges";
import { publishPath, routeQuery } from "@/lib/api-client/publish";
import { queueCountsQuery, readyCountsQuery } from "@/lib/api-client/queue-counts";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** Comes when something is sent. */
const SendingAnswer = dynamic(
  () => import("@/components/publish/sending-answer").then((module) => module.SendingAnswer),
  { ssr: false },
);

const nothingKnown: ReadonlyMap<string, number> = new Map();

/** The publish form with its routing preview. */
export function PublishPage() {
  const { vhost, chosen } = useOneVhost();
  return <PublishForm key={vhost} vhost={vhost} chosen={chosen} />;
}

function PublishForm({ vhost, chosen }: { vhost: string; chosen: boolean }) {
  const state = usePublishForm(vhost);
  const { exchange, routingKey, setTarget, form, setForm, file, setFile } = state;
  const [keyTyped, setKeyTyped] = useState(routingKey);
  useEffect(() => setKeyTyped(routingKey), [routingKey]);
  const { sending, start, stop, forget } = useSending(vhost);
  const { data: exchanges } = useQuery(exchangesQuery(vhost));
  const problems = useMemo(() => problemsOf(form, keyTyped, file), [form, keyTyped, file]);

  const preview = usePreview(vhost, exchange, keyTyped, form.headers, problems.headers.size === 0);
  // Names to choose from are asked for with the field, not with the page: there may be thousands.
  const [naming, setNaming] = useState(false);
  const { data: queues } = useQuery({ ...queueCountsQuery(vhost), enabled: naming && exchange === "" });
  const { data: ready = nothingKnown } = useQuery(readyCountsQuery(vhost, preview.data?.queues ?? []));

  const options = useMemo(() => {
    const listed = (exchanges ?? [])
      .filter((each) => !each.internal)
      .map((each) => ({ value: each.name, label: each.name || defaultExchangeLabel, hint: each.type }));
    // What the address names is shown even where it doesn't exist, so that the error makes sense.
    return listed.some((each) => each.value === exchange)
      ? listed
      : [...listed, { value: exchange, label: exchange || defaultExchangeLabel, hint: "" }];
  }, [exchanges, exchange]);

  const running = sending?.state === "running";
  const forbidden = useForbiddenChange();
  const blocked =
    forbidden !== undefined
      ? forbidden
      : problems.count > 0
        ? `${formatNoun(problems.count, "field is", "fields are")} not right yet; see the red ones`
        : undefined;
  const send = () => {
    if (running || blocked !== undefined) return;
    void start({
      exchange,
      routingKey: keyTyped,
      count: form.count,
      rate: form.rate,
      build: (n) => buildPublishing(form, keyTyped, file, n),
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl Enter works wherever in the form one is.
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      <PageHead
        title="Publish a message"
        divided
        actions={
          <Templates
            content={{ exchange, routingKey: keyTyped, form }}
            onLoad={(loaded) => {
              setForm(loaded.form);
              setFile(null);
              setTarget({ exchange: loaded.exchange, key: loaded.routingKey });
            }}
          />
        }
      />
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(0,500px)] grid-rows-[minmax(0,1fr)_auto] narrow:block narrow:overflow-y-auto">
        <form
          aria-label="Message"
          className="row-span-2 min-h-0 overflow-y-auto px-4 pt-3 pb-4 narrow:overflow-visible"
          onSubmit={(event) => event.preventDefault()}
        >
          {!chosen && <VhostNote inset vhost={vhost} what="A message goes to the exchanges" />}
          {state.likeError !== null && (
            <ErrorNote title="The message to publish again could not be read." error={state.likeError} />
          )}
          <div className="grid grid-cols-[200px_minmax(0,1fr)] gap-3 phone:grid-cols-1">
            <Field label="Exchange">
              <Combobox
                mono
                large
                value={exchange}
                onChange={(name) => setTarget({ exchange: name ?? "" })}
                options={options}
                nothing="No exchange has this in its name"
              />
            </Field>
            <Field
              label={exchange === "" ? "Routing key: the queue's name" : "Routing key"}
              error={problems.routingKey ?? undefined}
            >
              <Input
                mono
                large
                value={keyTyped}
                list={exchange === "" ? "publish-queues" : undefined}
                onFocus={() => setNaming(true)}
                onChange={(event) => {
                  setKeyTyped(event.target.value);
                  setTarget({ key: event.target.value });
                }}
              />
            </Field>
            {exchange === "" && (
              <datalist id="publish-queues">
                {(queues ?? [])
                  .filter(({ name }) => name.includes(keyTyped))
                  .slice(0, 200)
                  .map(({ name }) => (
                    <option key={name} value={name} />
                  ))}
              </datalist>
            )}
          </div>
          <fieldset className="mt-3">
            <legend className="mb-1 text-12 text-ink-2">Delivery mode</legend>
            <Segments
              label="Delivery mode"
              value={form.deliveryMode}
              onChange={(deliveryMode) => setForm({ ...form, deliveryMode })}
              options={[
                { value: "2", label: "2 persistent" },
                { value: "1", label: "1 non-persistent" },
              ]}
            />
          </fieldset>
          <DeliveryFields value={form.delivery} onChange={(delivery) => setForm({ ...form, delivery })} />
          <PropertiesFields
            values={form.properties}
            onChange={(properties) => setForm({ ...form, properties })}
            problems={problems.properties}
          />
          <HeadersEditor
            rows={form.headers}
            onChange={(headers) => setForm({ ...form, headers })}
            problems={problems.headers}
          />
          <BodyEditor form={form} onChange={setForm} file={file} onFile={setFile} />
        </form>
        <aside
          aria-label="Where it goes"
          className="flex min-h-0 flex-col border-l border-line narrow:border-t narrow:border-l-0"
        >
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3 narrow:overflow-visible">
            {preview.error !== null ? (
              <ErrorNote title="It can't be published so." error={preview.error} lost="Nothing is sent yet." />
            ) : preview.data ? (
              <RouteView vhost={vhost} preview={preview.data} routingKey={filler(1)(keyTyped)} ready={ready} />
            ) : null}
          </div>
          {sending && (
            <div className="border-t border-line">
              <SendingAnswer vhost={vhost} sending={sending} onStop={stop} onDismiss={forget} />
            </div>
          )}
        </aside>
        <footer className="sticky bottom-0 flex min-h-13 flex-wrap items-center gap-2 border-t border-l border-line bg-bg px-4 py-2 narrow:border-l-0">
          <span className="inline-flex items-center gap-1.5 text-12 text-ink-2">
            Send
            <NumberField
              aria-label="How many"
              className="w-14"
              min={1}
              max={100_000}
              value={form.count}
              onChange={(count) => setForm({ ...form, count: count ?? 1 })}
            />
            {form.count > 1 && (
              <>
                at
                <NumberField
                  aria-label="Messages per second"
                  className="w-16"
                  min={0.1}
                  max={1000}
                  unit="/s"
                  value={form.rate}
                  onChange={(rate) => setForm({ ...form, rate: rate ?? 10 })}
                />
              </>
            )}
          </span>
          <span className="ml-auto flex items-center gap-2">
            <CopyButton
              label="Copy as curl"
              icon={<Terminal className="icon-16" aria-hidden="true" />}
              text={() =>
                curlFor(location.origin + publishPath(vhost, exchange), buildPublishing(form, keyTyped, file, 1))
              }
            />
            <Button
              variant="primary"
              size="lg"
              icon={<Send className="icon-14" aria-hidden="true" />}
              busy={running}
              disabledReason={blocked}
              onClick={send}
            >
              {buttonWords(form.count, preview.error === null ? preview.data?.queues.length : undefined, running)}
              {/* With a rate beside it there is no room. */}
              {form.count === 1 && (
                <span className="phone:hidden [&_kbd]:border-on-accent/40 [&_kbd]:bg-transparent [&_kbd]:text-on-accent">
                  <Kbd>Ctrl Enter</Kbd>
                </span>
              )}
            </Button>
          </span>
        </footer>
      </div>
    </div>
  );
}

/** The button says the answer of the preview. */
function buttonWords(count: number, queues: number | undefined, running: boolean): string {
  if (running) return "Publishing";
  const many = count > 1 ? ` ${formatCount(count)}` : "";
  if (queues === undefined) return `Publish${many}`;
  return `Publish${many} to ${queues === 0 ? "no queue" : formatNoun(queues, "queue")}`;
}

/** The preview of what is typed, asked for when typing pauses for a moment. */
function usePreview(
  vhost: string,
  exchange: string,
  key: string,
  rows: Parameters<typeof headersOf>[0]["headers"],
  valid: boolean,
) {
  const headers = useMemo(() => (valid ? headersOf({ headers: rows }, filler(1, new Date(0))) : {}), [rows, valid]);
  const wanted = useDeferredValue(useMemo(() => ({ exchange, key, headers }), [exchange, key, headers]));
  const [asked, setAsked] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), 80);
    return () => clearTimeout(timer);
  }, [wanted]);
  return useQuery(routeQuery(vhost, asked.exchange, filler(1, new Date(0))(asked.key), asked.headers));
}
