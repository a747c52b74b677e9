import { Plus, X } from "lucide-react";
import { Button, IconButton } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";

const matches = ["all", "any", "all-with-x", "any-with-x"] as const;
const types = ["string", "number", "boolean", "present"] as const;

interface Row {
  readonly id: number;
  readonly name: string;
  readonly type: (typeof types)[number];
  readonly value: string;
}

/** What a headers binding asks for. */
export interface HeaderMatch {
  readonly match: (typeof matches)[number];
  readonly rows: readonly Row[];
}

/** The arguments of the binding. A header that need only be present has no value. */
export function toArguments({ match, rows }: HeaderMatch): PlainTable {
  const headers = rows.filter(({ name }) => name !== "").map((row) => [row.name, headerValue(row)] as const);
  return { "x-match": match, ...Object.fromEntries(headers) };
}

function headerValue({ type, value }: Row): unknown {
  if (type === "present") return null;
  if (type === "boolean") return value === "true";
  return type === "number" ? Number(value) : value;
}

/** Fields for the headers that a headers exchange compares. */
export function HeaderMatchFields({ value, onChange }: { value: HeaderMatch; onChange: (value: HeaderMatch) => void }) {
  const change = (id: number, part: Partial<Row>) =>
    onChange({ ...value, rows: value.rows.map((row) => (row.id === id ? { ...row, ...part } : row)) });
  const add = () =>
    onChange({
      ...value,
      rows: [...value.rows, { id: (value.rows.at(-1)?.id ?? 0) + 1, name: "", type: "string", value: "" }],
    });
  return (
    <fieldset className="flex flex-col gap-2">
      <Field
        label={
          <>
            Match <code className="text-11 text-ink-3">x-match</code>
          </>
        }
        hint={hints[value.match]}
      >
        <Select
          value={value.match}
          onChange={(match) => onChange({ ...value, match })}
          options={matches.map((match) => ({ value: match, label: match }))}
        />
      </Field>
      {value.rows.map((row) => (
        <div key={row.id} className="grid grid-cols-[minmax(0,1fr)_104px_minmax(0,1fr)_28px] gap-2">
          <Input
            mono
            aria-label="Header"
            placeholder="header"
            value={row.name}
            onChange={(event) => change(row.id, { name: event.target.value })}
          />
          <Select
            aria-label="Type"
            value={row.type}
            onChange={(type) => change(row.id, { type, value: type === "boolean" ? "true" : "" })}
            options={types.map((type) => ({ value: type, label: type }))}
          />
          {row.type === "boolean" ? (
            <Select
              aria-label="Value"
              value={row.value === "false" ? "false" : "true"}
              onChange={(next) => change(row.id, { value: next })}
              options={[
                { value: "true", label: "true" },
                { value: "false", label: "false" },
              ]}
            />
          ) : (
            <Input
              mono
              aria-label="Value"
              inputMode={row.type === "number" ? "decimal" : "text"}
              disabled={row.type === "present"}
              placeholder={row.type === "present" ? "any value" : "value"}
              value={row.value}
              onChange={(event) => change(row.id, { value: event.target.value })}
            />
          )}
          <IconButton
            label={`Remove ${row.name || "this header"}`}
            onClick={() => onChange({ ...value, rows: value.rows.filter(({ id }) => id !== row.id) })}
          >
            <X className="icon-14" aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <Button
        variant="ghost"
        className="self-start"
        icon={<Plus className="icon-14" aria-hidden="true" />}
        onClick={add}
      >
        Add header
      </Button>
    </fieldset>
  );
}

const hints: Readonly<Record<HeaderMatch["match"], string>> = {
  all: "Every header below must be there and equal; those that begin with x- are left out",
  any: "One of them is enough; those that begin with x- are left out",
  "all-with-x": "Every header below must be there and equal",
  "any-with-x": "One of them is enough",
};
