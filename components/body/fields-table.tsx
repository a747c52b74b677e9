"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { type Plain, viewHeader } from "@/components/body/header-values";
import { readJson } from "@/components/body/json-nodes";
import { JsonTree, type TreeHits } from "@/components/body/json-tree";
import { VisibleText } from "@/components/ui/visible-text";

const noWords: readonly string[] = [];
/** A value longer than this is cut until one asks for it. */
const shortValue = 600;

/** Names of AMQP with their values, names in mono; `type` stands behind where it isn't plain. */
export function FieldsTable({
  label,
  rows,
}: {
  label: string;
  rows: readonly { name: string; value: ReactNode; type?: string }[];
}) {
  return (
    <dl
      aria-label={label}
      className="body-fields mono grid grid-cols-[fit-content(48%)_minmax(0,1fr)] gap-x-4 text-12 leading-5"
    >
      {rows.map((row) => (
        <div key={row.name} className="contents">
          <dt className="break-words text-ink-3">
            <VisibleText text={row.name} />
          </dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">
            {/* Beside the first line only, so that a long value has the whole width. */}
            {row.type !== undefined && (
              <span className="float-right pl-3 font-sans text-11 leading-5 text-ink-3">{row.type}</span>
            )}
            {row.value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Headers with their types. Lists and tables unfold in place. `hits` marks values that were searched for. */
export function HeadersTable({
  headers,
  hits,
}: {
  headers: Readonly<Record<string, Plain>>;
  hits?: ReadonlyMap<string, string>;
}) {
  return (
    <FieldsTable
      label="Headers"
      rows={Object.entries(headers).map(([name, value]) => {
        const view = viewHeader(value);
        const wanted = hits?.get(name);
        return {
          name,
          type: view.type,
          value: view.nested ? (
            <NestedValue value={value} summary={view.text} name={name} />
          ) : (
            <TextValue text={view.text} hits={wanted === undefined ? noWords : [wanted]} quiet={value === null} />
          ),
        };
      })}
    />
  );
}

/** A value of a stranger as text, cut where it is long. */
export function TextValue({
  text,
  hits = noWords,
  quiet = false,
}: {
  text: string;
  hits?: readonly string[];
  quiet?: boolean;
}) {
  const [whole, setWhole] = useState(false);
  const cut = !whole && text.length > shortValue;
  return (
    <span className={quiet ? "font-sans text-ink-3" : "whitespace-pre-wrap"}>
      {text === "" ? (
        <span className="font-sans text-ink-3">empty</span>
      ) : (
        <VisibleText text={cut ? text.slice(0, shortValue) : text} hits={hits} />
      )}
      {cut && (
        <button type="button" className="link font-sans" onClick={() => setWhole(true)}>
          … show all {text.length.toLocaleString("en")} characters
        </button>
      )}
    </span>
  );
}

const noHits: TreeHits = { words: [], fields: new Map() };

function NestedValue({ value, summary, name }: { value: Plain; summary: string; name: string }) {
  const [open, setOpen] = useState(false);
  const reading = useMemo(() => (open ? readJson(JSON.stringify(value)) : null), [open, value]);
  const [folds, setFolds] = useState<ReadonlySet<number>>(new Set());
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-label={`${name}: ${summary}`}
        onClick={() => setOpen(!open)}
        className="-ml-1 inline-flex items-center gap-1 rounded-3 px-1 hover:bg-hover"
      >
        <Chevron className="size-3 text-ink-3" aria-hidden="true" />
        {summary}
      </button>
      {reading && (
        <div className="mt-1 mb-1">
          <JsonTree reading={reading} folds={folds} onFolds={setFolds} hits={noHits} />
        </div>
      )}
    </>
  );
}
