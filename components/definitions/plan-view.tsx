"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useMemo, useState } from "react";
import type { Planned } from "@/components/definitions/definitions-page";
import { type NumberedChange, planColumns } from "@/components/definitions/plan-columns";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { SectionHead } from "@/components/ui/page-head";
import { Segments } from "@/components/ui/segments";
import { PanelHead, SplitView } from "@/components/ui/split-view";
import { ApiError } from "@/lib/api-client/client";
import { importDefinitions, type PlannedChange } from "@/lib/api-client/definitions";
import { formatCount, formatNoun } from "@/lib/format/numbers";

type Shown = "all" | PlannedChange["action"];

/** What an import would do, object by object, and the way to do it. */
export function PlanView({
  planned,
  onBack,
  onImported,
}: {
  planned: Planned;
  onBack: () => void;
  onImported: (said: string) => void;
}) {
  const client = useQueryClient();
  const { summary, changes } = planned.plan;
  const [shown, setShown] = useState<Shown>(summary.conflict > 0 ? "conflict" : "all");
  const [open, setOpen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const numbered = useMemo(
    () => changes.map((change, index): NumberedChange => ({ ...change, id: String(index) })),
    [changes],
  );
  const rows = useMemo(() => numbered.filter(({ action }) => shown === "all" || action === shown), [numbered, shown]);
  const opened = numbered.find(({ id }) => id === open);
  const work = summary.create + summary.change;
  const said = `${formatNoun(summary.create, "object")} created, ${formatCount(summary.change)} changed`;
  const apply = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await importDefinitions(planned.vhost, planned.definitions);
      void client.invalidateQueries();
      onImported(`The definitions are imported: ${said}, ${formatCount(summary.unchanged)} as they were.`);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  const options: readonly { value: Shown; label: string; count: string }[] = [
    { value: "all", label: "All", count: formatCount(changes.length) },
    { value: "create", label: "Created", count: formatCount(summary.create) },
    { value: "change", label: "Changed", count: formatCount(summary.change) },
    { value: "conflict", label: "Conflicts", count: formatCount(summary.conflict) },
    { value: "unchanged", label: "Unchanged", count: formatCount(summary.unchanged) },
  ];
  return (
    <SplitView
      name="definitions"
      panelLabel={opened ? `${opened.kind} ${opened.name}` : "Object"}
      onClose={() => setOpen(null)}
      width={480}
      panel={opened ? <ChangePanel change={opened} onClose={() => setOpen(null)} /> : null}
    >
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 px-4 py-2">
        <Button icon={<ArrowLeft className="icon-14" aria-hidden="true" />} onClick={onBack}>
          Back to the file
        </Button>
        <span className="max-w-full overflow-x-auto">
          <Segments label="Show" value={shown} onChange={setShown} options={options} />
        </span>
        <Button
          className="ml-auto"
          variant="primary"
          busy={busy}
          disabledReason={
            summary.conflict > 0
              ? "Conflicts refuse the whole file"
              : work === 0
                ? "All of it is there already"
                : undefined
          }
          onClick={() => void apply()}
        >
          Create {formatCount(summary.create)} and change {formatCount(summary.change)}
        </Button>
      </div>
      <div className="flex flex-col gap-2 px-4 pb-2">
        {summary.conflict > 0 && (
          <Note tone="danger" role="status">
            {formatNoun(summary.conflict, "conflict")}: nothing of the file can be imported until the file, or what is
            there, is changed.
          </Note>
        )}
        {summary.conflict === 0 && (
          <Note role="status">
            {work === 0
              ? "All of it is there already, just so. There is nothing to do."
              : `Nothing has been changed yet. The import is for ${planned.vhost === null ? "the whole broker" : planned.vhost}.`}
          </Note>
        )}
        {error !== undefined && (
          <ErrorNote
            title="There was no answer that the definitions are imported."
            error={error}
            lost={
              error instanceof ApiError && error.status > 0 && error.status < 500
                ? "Nothing was changed."
                : "All of the file was imported or nothing: go back to the file and see what it would do now."
            }
          />
        )}
      </div>
      <DataTable
        name="definitions"
        label="What the import would do"
        columns={planColumns}
        rows={rows}
        rowId={({ id }) => id}
        ordered
        sort={{ column: "kind", descending: false }}
        openId={open}
        primary
        onOpen={({ id }) => setOpen(id)}
        onClose={() => setOpen(null)}
        secondLine={({ kind, vhost, reason }) => (
          <span className="text-ink-3">{reason ?? `${kind}${vhost === null ? "" : ` in ${vhost}`}`}</span>
        )}
        filtered={shown !== "all"}
        viewKey={shown}
        empty={<EmptyState title="The file has no definitions">There is nothing to import.</EmptyState>}
        nothingMatches={<EmptyState title="None">Nothing in the file is of that kind.</EmptyState>}
      />
    </SplitView>
  );
}

function ChangePanel({ change, onClose }: { change: NumberedChange; onClose: () => void }) {
  const { kind, vhost, name, reason, before, after } = change;
  return (
    <>
      <PanelHead onClose={onClose}>
        <h2 className="mono clip-text" title={name}>
          {name}
        </h2>
        <span className="text-12 text-ink-2">
          {kind}
          {vhost !== null && ` in ${vhost}`}
        </span>
      </PanelHead>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        {reason !== null && <Note tone="danger">{reason}</Note>}
        {before === null && after === null && reason === null && (
          <p className="text-12 text-ink-2">
            {change.action === "create" ? "It isn't there yet, and is created." : "It is there just so, and stays."}
          </p>
        )}
        {before !== null && <Side title="Before" value={before} />}
        {after !== null && <Side title="After" value={after} />}
      </div>
    </>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <section aria-label={title} className="-mx-4 pb-2">
      <SectionHead title={title} />
      <div className="px-4">
        <CodeBlock text={JSON.stringify(value, null, 2)} label={`Copy what is ${title.toLowerCase()}`} />
      </div>
    </section>
  );
}
