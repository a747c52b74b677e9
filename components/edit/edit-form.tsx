"use client";

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { ChangesView } from "@/components/edit/changes-view";
import type { Content } from "@/components/edit/message-lines";
import { BodyEditor } from "@/components/publish/body-editor";
import { type BodyFile, problemsOf, publishingOf } from "@/components/publish/build";
import type { FormState } from "@/components/publish/form-state";
import { HeadersEditor } from "@/components/publish/headers-editor";
import { PropertiesFields } from "@/components/publish/properties-fields";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { Combobox } from "@/components/ui/combobox";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { PageHead } from "@/components/ui/page-head";
import { Segments } from "@/components/ui/segments";
import type { EditRequest } from "@/lib/api-client/edits";
import { defaultExchangeLabel, exchangesQuery } from "@/lib/api-client/exchanges";
import { routeQuery } from "@/lib/api-client/publish";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** What an edit begins with. */
export interface Draft {
  readonly exchange: string;
  readonly routingKey: string;
  readonly form: FormState;
  readonly file: BodyFile | null;
}

const asItIs = (text: string) => text;

/** A message to be changed before it is sent again: its fields, what changes, and where it would go. */
export function EditForm({
  vhost,
  title,
  note,
  draft,
  original,
  onSend,
  failed,
  children,
}: {
  vhost: string;
  title: string;
  note: ReactNode;
  draft: Draft;
  original: Content;
  onSend: (edited: EditRequest) => Promise<void>;
  /** What failed, to be said where it was sent. */
  failed: ReactNode;
  /** Beside the button. */
  children?: ReactNode;
}) {
  const [exchange, setExchange] = useState(draft.exchange);
  const [key, setKey] = useState(draft.routingKey);
  const [form, setForm] = useState(draft.form);
  const [file, setFile] = useState(draft.file);
  const [busy, setBusy] = useState(false);
  const { data: exchanges } = useQuery(exchangesQuery(vhost));
  const problems = useMemo(() => problemsOf(form, key, file), [form, key, file]);
  const edited = useMemo((): EditRequest => {
    const { properties, payload, payload_encoding } = publishingOf(form, key, file, asItIs);
    return { exchange, routing_key: key, properties, payload, payload_encoding };
  }, [exchange, key, form, file]);
  const route = useQuery(
    routeQuery(vhost, exchange, key, (edited.properties.headers ?? {}) as Parameters<typeof routeQuery>[3]),
  );
  const queues = route.error === null ? route.data?.queues : undefined;
  const forbidden = useForbiddenChange();
  const blocked =
    forbidden ??
    (problems.count > 0
      ? `${formatNoun(problems.count, "field is", "fields are")} not right yet; see the red ones`
      : queues?.length === 0
        ? "It would go to no queue: change the exchange or the key"
        : undefined);
  const send = async () => {
    setBusy(true);
    await onSend(edited);
    setBusy(false);
  };
  return (
    <>
      <PageHead title={title} note={note} divided />
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(0,1fr)] narrow:block narrow:overflow-y-auto">
        <form
          aria-label="Message"
          className="min-h-0 overflow-y-auto px-4 pt-3 pb-4 narrow:overflow-visible"
          onSubmit={(event) => event.preventDefault()}
        >
          <div className="grid grid-cols-[200px_minmax(0,1fr)] gap-3 phone:grid-cols-1">
            <Field label="Exchange">
              <Combobox
                mono
                large
                value={exchange}
                onChange={(name) => setExchange(name ?? "")}
                options={(exchanges ?? [])
                  .filter((each) => !each.internal)
                  .map((each) => ({ value: each.name, label: each.name || defaultExchangeLabel, hint: each.type }))}
                nothing="No exchange has this in its name"
              />
            </Field>
            <Field
              label={exchange === "" ? "Routing key: the queue's name" : "Routing key"}
              error={problems.routingKey ?? undefined}
            >
              <Input mono large value={key} onChange={(event) => setKey(event.target.value)} />
            </Field>
          </div>
          <div className="mt-3">
            <Segments
              label="Delivery mode"
              value={form.deliveryMode}
              onChange={(deliveryMode) => setForm({ ...form, deliveryMode })}
              options={[
                { value: "2", label: "2 persistent" },
                { value: "1", label: "1 non-persistent" },
              ]}
            />
          </div>
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
          <BodyEditor asItIs form={form} onChange={setForm} file={file} onFile={setFile} />
        </form>
        <aside
          aria-label="What changes"
          className="flex min-h-0 flex-col border-l border-line narrow:border-t narrow:border-l-0"
        >
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3 narrow:overflow-visible">
            <h2 className="mb-2">What changes</h2>
            <ChangesView original={original} edited={edited} />
            {route.error !== null && (
              <div className="mt-3">
                <ErrorNote title="It can't be sent so." error={route.error} lost="Nothing is sent yet." />
              </div>
            )}
            {failed}
          </div>
          <footer className="flex min-h-13 flex-wrap items-center gap-2 border-t border-line bg-bg px-4 py-2">
            <span className="text-12 text-ink-2">
              {queues === undefined
                ? ""
                : queues.length === 0
                  ? "It goes to no queue."
                  : `It goes to ${queues.length <= 2 ? queues.join(" and ") : `${formatCount(queues.length)} queues`}.`}
            </span>
            <span className="ml-auto flex flex-wrap items-center gap-2">
              {children}
              <Button variant="primary" size="lg" busy={busy} disabledReason={blocked} onClick={() => void send()}>
                Send it so
              </Button>
            </span>
          </footer>
        </aside>
      </div>
    </>
  );
}
