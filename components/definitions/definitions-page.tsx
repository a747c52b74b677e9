"use client";

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { UploadForm } from "@/components/definitions/upload-form";
import { VhostSelect } from "@/components/definitions/vhost-select";
import { useForbiddenAdministration } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { saveFile } from "@/components/ui/clipboard";
import { ErrorNote } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { PageHead, SectionHead } from "@/components/ui/page-head";
import { type DefinitionsPlan, exportDefinitions } from "@/lib/api-client/definitions";
import { vhostsQuery } from "@/lib/api-client/vhosts";

// Nobody sees a plan before a file.
const PlanView = dynamic(() => import("@/components/definitions/plan-view").then((parts) => parts.PlanView), {
  ssr: false,
});

/** What is to be imported, and what that would do. */
export interface Planned {
  /** Null: everything. */
  readonly vhost: string | null;
  readonly definitions: unknown;
  readonly plan: DefinitionsPlan;
}

/** The broker's definitions as a file in RabbitMQ's format, out and in. */
export function DefinitionsPage() {
  const vhosts = useQuery(vhostsQuery);
  const forbidden = useForbiddenAdministration();
  const [planned, setPlanned] = useState<Planned | null>(null);
  const [text, setText] = useState("");
  const [done, setDone] = useState<string | null>(null);
  const names = vhosts.data?.map(({ name }) => name) ?? [];
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHead title="Definitions" note="Everything but messages, in RabbitMQ's format" divided />
      {planned !== null ? (
        <PlanView
          planned={planned}
          onBack={() => setPlanned(null)}
          onImported={(said) => {
            setPlanned(null);
            setText("");
            setDone(said);
          }}
        />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto pb-6">
          {forbidden !== undefined && (
            <div className="px-4 pt-3">
              <Note role="status">{forbidden}: definitions have the users and all that anybody has made.</Note>
            </div>
          )}
          {done !== null && (
            <div className="px-4 pt-3">
              <Note tone="ok" role="status">
                {done}
              </Note>
            </div>
          )}
          <DownloadSection names={names} forbidden={forbidden} />
          <SectionHead title="Upload" note="all of the file or nothing; first you see what it would do" />
          <UploadForm
            names={names}
            forbidden={forbidden}
            text={text}
            onText={setText}
            onPlanned={(next) => {
              setDone(null);
              setPlanned(next);
            }}
          />
        </div>
      )}
    </div>
  );
}

function DownloadSection({ names, forbidden }: { names: readonly string[]; forbidden: string | undefined }) {
  const [vhost, setVhost] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const download = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const definitions = await exportDefinitions(vhost);
      const of = vhost === null ? "" : `-${vhost.replaceAll(/[^\w.-]+/g, "_")}`;
      const name = `warren-definitions${of}-${new Date().toISOString().slice(0, 10)}.json`;
      saveFile(name, `${JSON.stringify(definitions, null, 2)}\n`, "application/json");
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-label="Download" className="pb-3">
      <SectionHead title="Download" />
      <div className="flex max-w-3xl flex-col gap-3 px-4">
        <div className="flex flex-wrap items-end gap-2">
          <VhostSelect label="Definitions of" names={names} value={vhost} onChange={setVhost} />
          <Button
            icon={<Download className="icon-14" aria-hidden="true" />}
            busy={busy}
            disabledReason={forbidden}
            onClick={() => void download()}
          >
            Download definitions
          </Button>
        </div>
        <p className="text-12 text-ink-2">
          {vhost === null
            ? "With the users and the hashes of their passwords: keep the file where passwords are kept."
            : "Its limits, policies, exchanges, queues and bindings, without users."}
        </p>
        {error !== undefined && (
          <ErrorNote title="The definitions were not downloaded." error={error} lost="Nothing was changed." />
        )}
      </div>
    </section>
  );
}
