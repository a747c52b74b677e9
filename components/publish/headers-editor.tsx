"use client";

import { Plus, X } from "lucide-react";
import { useRef } from "react";
import { type HeaderRow, type HeaderType, headerRow, headerTypes } from "@/components/publish/header-rows";
import { ListInput } from "@/components/publish/list-input";
import { Button, IconButton } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { formatCount } from "@/lib/format/numbers";

const typeChoices = headerTypes.map((type) => ({ value: type, label: type }));
const hints: Readonly<Record<HeaderType, string>> = {
  string: "",
  number: "1 or 1.5",
  boolean: "",
  list: "",
  timestamp: "seconds or ISO time",
  bytes: "base64",
  JSON: '{"table": 1}',
  void: "no value",
};

/** Headers with their types. A row without a name and value is not sent. */
export function HeadersEditor({
  rows,
  onChange,
  problems,
}: {
  rows: readonly HeaderRow[];
  onChange: (rows: readonly HeaderRow[]) => void;
  /** What is wrong, by the row's key. */
  problems: ReadonlyMap<string, string>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const change = (key: string, part: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const add = () => {
    onChange([...rows, headerRow()]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>("li:last-child input")?.focus());
  };
  return (
    <section aria-label="Headers">
      <h2 className="mt-4 mb-1">
        Headers <span className="text-11 font-normal text-ink-3">{formatCount(rows.length)}</span>
      </h2>
      <ul ref={list} className="flex flex-col gap-1">
        {rows.map((row) => (
          <li key={row.key}>
            <div className="grid grid-cols-[150px_104px_minmax(0,1fr)_28px] items-start gap-2 phone:grid-cols-[minmax(0,1fr)_104px_40px]">
              <Input
                mono
                aria-label="Header name"
                placeholder="name"
                value={row.name}
                aria-invalid={problems.has(row.key) || undefined}
                onChange={(event) => change(row.key, { name: event.target.value })}
              />
              <Select
                aria-label={`Type of header ${row.name}`}
                value={row.type}
                options={typeChoices}
                onChange={(type) => change(row.key, typed(row, type))}
              />
              <div className="min-w-0 phone:col-span-3 phone:row-start-2">
                <HeaderValue row={row} onChange={(part) => change(row.key, part)} wrong={problems.has(row.key)} />
              </div>
              <IconButton
                label={row.name === "" ? "Remove header" : `Remove header ${row.name}`}
                onClick={() => onChange(rows.filter((other) => other.key !== row.key))}
              >
                <X className="icon-14" aria-hidden="true" />
              </IconButton>
            </div>
            {problems.has(row.key) && (
              <p role="alert" className="text-12 text-danger">
                {problems.get(row.key)}
              </p>
            )}
          </li>
        ))}
      </ul>
      <Button
        variant="ghost"
        className="mt-1 -ml-2.5 font-normal text-ink-2"
        icon={<Plus className="icon-14" aria-hidden="true" />}
        onClick={add}
      >
        Add header
      </Button>
    </section>
  );
}

/** A row with another type; what was typed is kept where the type can hold it. */
function typed(row: HeaderRow, type: HeaderType): Partial<HeaderRow> {
  if (type === "boolean") return { type, text: row.text === "true" ? "true" : "false" };
  if (type === "list" && row.items.length === 0 && row.text !== "") return { type, items: [row.text] };
  if (row.type === "list" && row.text === "") return { type, text: row.items[0] ?? "" };
  return { type };
}

function HeaderValue({
  row,
  onChange,
  wrong,
}: {
  row: HeaderRow;
  onChange: (part: Partial<HeaderRow>) => void;
  wrong: boolean;
}) {
  const label = `Value of header ${row.name}`;
  if (row.type === "boolean") {
    return (
      <Segments
        label={label}
        value={row.text === "true" ? "true" : "false"}
        onChange={(text) => onChange({ text })}
        options={[
          { value: "true", label: "true" },
          { value: "false", label: "false" },
        ]}
      />
    );
  }
  if (row.type === "list") {
    return <ListInput label={label} items={row.items} onChange={(items) => onChange({ items })} />;
  }
  if (row.type === "void") return <p className="py-1 text-12 text-ink-3">no value; its name is all it says</p>;
  return (
    <Input
      mono
      aria-label={label}
      aria-invalid={wrong || undefined}
      placeholder={hints[row.type]}
      value={row.text}
      onChange={(event) => onChange({ text: event.target.value })}
    />
  );
}
