import { type Delivery, deliveryProblem, mostSeconds } from "@/components/publish/delivery";
import { Field, Input } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Segments } from "@/components/ui/segments";

/** When the message is to be delivered: now, after a time, or at a time. Until then it lies in its queues as delayed. */
export function DeliveryFields({ value, onChange }: { value: Delivery; onChange: (value: Delivery) => void }) {
  return (
    <fieldset className="mt-3">
      <legend className="mb-1 text-12 text-ink-2">Deliver</legend>
      <div className="flex flex-wrap items-start gap-2">
        <Segments
          label="Deliver"
          value={value.when}
          onChange={(when) => onChange({ ...value, when })}
          options={[
            { value: "now", label: "now" },
            { value: "after", label: "after" },
            { value: "at", label: "at" },
          ]}
        />
        {value.when === "after" && (
          <NumberField
            aria-label="Deliver after so many seconds"
            className="w-28"
            min={0}
            max={mostSeconds}
            unit="s"
            value={value.seconds}
            onChange={(seconds) => onChange({ ...value, seconds: seconds ?? 0 })}
          />
        )}
        {value.when === "at" && (
          <Field
            label={<span className="sr-only">Deliver at this time</span>}
            error={deliveryProblem(value) ?? undefined}
          >
            <Input
              type="datetime-local"
              value={value.time}
              onChange={(event) => onChange({ ...value, time: event.target.value })}
            />
          </Field>
        )}
      </div>
    </fieldset>
  );
}
