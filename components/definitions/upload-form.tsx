"use client";

import { FileUp } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import type { Planned } from "@/components/definitions/definitions-page";
import { VhostSelect } from "@/components/definitions/vhost-select";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Textarea } from "@/components/ui/field";
import { planDefinitions } from "@/lib/api-client/definitions";

/** Takes definitions from a file or as text, and asks what their import would do. */
export function UploadForm({
  names,
  forbidden,
  text,
  onText,
  onPlanned,
}: {
  /** The virtual hosts. */
  names: readonly string[];
  forbidden: string | undefined;
  text: string;
  onText: (text: string) => void;
  onPlanned: (planned: Planned) => void;
}) {
  const [vhost, setVhost] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const file = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const definitions = readJson(text);
      onPlanned({ vhost, definitions, plan: await planDefinitions(vhost, definitions) });
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  const read = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setError(undefined);
    try {
      onText(await chosen.text());
    } catch {
      setError(new Error("The browser could not read the file."));
    }
  };
  return (
    <form onSubmit={submit} className="flex max-w-3xl flex-col gap-3 px-4">
      <div className="flex flex-wrap items-end gap-2">
        <VhostSelect label="Import into" names={names} value={vhost} onChange={setVhost} />
        <Button
          icon={<FileUp className="icon-14" aria-hidden="true" />}
          disabledReason={forbidden}
          onClick={() => file.current?.click()}
        >
          Choose a file
        </Button>
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          className="hidden"
          aria-label="File with definitions"
          onChange={(event) => {
            void read(event.target.files?.[0]);
            // The same file can be chosen again after it was changed.
            event.target.value = "";
          }}
        />
      </div>
      <Field
        label="Definitions"
        hint={
          vhost === null
            ? "The JSON of a file, from Warren or from RabbitMQ. What is there and not in the file stays."
            : `Only its limits, policies, exchanges, queues and bindings, all into ${vhost}. What is there and not in the file stays.`
        }
      >
        <Textarea
          className="min-h-48"
          placeholder='{"queues": [{"name": "orders", "vhost": "/", "durable": true}]}'
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      </Field>
      {error !== undefined && (
        <ErrorNote title="The definitions can't be read." error={error} lost="Nothing was changed." />
      )}
      <div>
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabledReason={forbidden ?? (text.trim() === "" ? "Choose a file or paste definitions first" : undefined)}
        >
          See what it would do
        </Button>
      </div>
    </form>
  );
}

/** Throws an Error that says what is wrong with the text, as the browser knows it. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${error instanceof Error ? error.message : "it can't be parsed"}.`);
  }
}
