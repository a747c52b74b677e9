import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";

interface NumberArgument {
  readonly argument: string;
  readonly label: string;
  readonly unit?: string;
  readonly min: number;
}

const numberArguments: readonly NumberArgument[] = [
  { argument: "x-message-ttl", label: "Messages expire after", unit: "ms", min: 0 },
  { argument: "x-expires", label: "Queue goes when unused for", unit: "ms", min: 1 },
  { argument: "x-max-length", label: "At most", unit: "messages", min: 0 },
  { argument: "x-max-length-bytes", label: "At most, in bytes", unit: "bytes", min: 0 },
  { argument: "x-max-priority", label: "Priorities from 0 to", min: 1 },
  { argument: "x-delivery-limit", label: "Deliveries before it is dead", min: 0 },
  { argument: "x-deduplication-window", label: "Same deduplication id stored once in", unit: "ms", min: 1 },
  { argument: "x-rate-limit", label: "Hands out at most", unit: "/s", min: 1 },
];

const overflows = [
  { value: "", label: "drop-head (default)" },
  { value: "reject-publish", label: "reject-publish" },
  { value: "reject-publish-dlx", label: "reject-publish-dlx" },
] as const;

/** A queue's arguments as labelled fields, each with the argument's own name beside it. Empty fields set nothing. */
export function QueueArgumentsForm({ value, onChange }: { value: PlainTable; onChange: (value: PlainTable) => void }) {
  const set = (argument: string, next: unknown) => {
    const { [argument]: _, ...others } = value;
    onChange(next === null || next === "" ? others : { ...others, [argument]: next });
  };
  const bounded = value["x-max-length"] !== undefined || value["x-max-length-bytes"] !== undefined;
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-3 phone:grid-cols-1">
      {numberArguments.map(({ argument, label, unit, min }) => (
        <Field key={argument} label={<ArgumentLabel label={label} argument={argument} />}>
          <NumberField
            value={(value[argument] as number | undefined) ?? null}
            onChange={(next) => set(argument, next)}
            min={min}
            {...(unit !== undefined && { unit: unit === "messages" ? "" : unit })}
          />
        </Field>
      ))}
      {bounded && (
        <Field label={<ArgumentLabel label="When it is full" argument="x-overflow" />}>
          <Select
            value={(value["x-overflow"] as (typeof overflows)[number]["value"] | undefined) ?? ""}
            onChange={(next) => set("x-overflow", next)}
            options={overflows}
          />
        </Field>
      )}
      <Field label={<ArgumentLabel label="Dead letters go to exchange" argument="x-dead-letter-exchange" />}>
        <Input
          mono
          value={(value["x-dead-letter-exchange"] as string | undefined) ?? ""}
          onChange={(event) => set("x-dead-letter-exchange", event.target.value)}
        />
      </Field>
      {value["x-dead-letter-exchange"] !== undefined && (
        <Field
          label={<ArgumentLabel label="with routing key" argument="x-dead-letter-routing-key" />}
          hint="Empty: they keep their own"
        >
          <Input
            mono
            value={(value["x-dead-letter-routing-key"] as string | undefined) ?? ""}
            onChange={(event) => set("x-dead-letter-routing-key", event.target.value)}
          />
        </Field>
      )}
    </div>
  );
}

function ArgumentLabel({ label, argument }: { label: string; argument: string }) {
  return (
    <>
      {label} <code className="text-11 text-ink-3">{argument}</code>
    </>
  );
}
