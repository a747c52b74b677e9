"use client";

import { Plus } from "lucide-react";
import { useId, useState } from "react";
import { otherProperties, type PropertyField, usualProperties } from "@/components/publish/properties";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";

/** AMQP's properties by their names: four, and the rest behind a button that is gone once one of them is filled in. */
export function PropertiesFields({
  values,
  onChange,
  problems,
}: {
  values: Readonly<Record<string, string>>;
  onChange: (values: Readonly<Record<string, string>>) => void;
  problems: ReadonlyMap<string, string>;
}) {
  const filled = otherProperties.some(({ name }) => (values[name] ?? "") !== "");
  const [asked, setAsked] = useState(false);
  const all = asked || filled;
  const id = useId();
  const shown = all ? [...usualProperties, ...otherProperties] : usualProperties;
  return (
    <section aria-label="Properties">
      <h2 className="mt-4 mb-1">Properties</h2>
      <div id={id} className="grid grid-cols-2 gap-x-4 gap-y-2 phone:grid-cols-1">
        {shown.map((field) => (
          <PropertyInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ""}
            problem={problems.get(field.name)}
            onChange={(value) => onChange({ ...values, [field.name]: value })}
          />
        ))}
      </div>
      {!all && (
        <Button
          variant="ghost"
          className="mt-1 -ml-2.5 font-normal text-ink-2"
          icon={<Plus className="icon-14" aria-hidden="true" />}
          aria-expanded={false}
          aria-controls={id}
          onClick={() => setAsked(true)}
        >
          {otherProperties.length} more:{" "}
          {otherProperties
            .slice(0, 5)
            .map(({ name }) => name)
            .join(", ")}{" "}
          …
        </Button>
      )}
    </section>
  );
}

function PropertyInput({
  field,
  value,
  problem,
  onChange,
}: {
  field: PropertyField;
  value: string;
  problem: string | undefined;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={field.name} mono inline error={problem} className="[&>label]:min-w-[104px]">
      <Input
        mono
        value={value}
        placeholder={field.placeholder}
        unit={field.unit}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
