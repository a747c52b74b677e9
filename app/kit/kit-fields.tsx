"use client";

import { useState } from "react";
import { Part } from "@/app/kit/part";
import { Checkbox } from "@/components/ui/checkbox";
import { Combobox } from "@/components/ui/combobox";
import { Field, Input, Textarea } from "@/components/ui/field";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";

/** What is filled in. */
export function KitFields() {
  const [kind, setKind] = useState("string");
  const [exchange, setExchange] = useState<string | null>("orders");
  const [ttl, setTtl] = useState<number | null>(60_000);
  const [on, setOn] = useState(true);
  return (
    <Part title="Fields">
      <div className="grid grid-cols-2 gap-3">
        <Field label="Exchange">
          <Combobox
            mono
            value={exchange}
            onChange={setExchange}
            options={["orders", "orders.retry", "audit", "notify", "stock"].map((value) => ({
              value,
              label: value,
              hint: "topic",
            }))}
          />
        </Field>
        <Field label="Routing key" hint="Words with dots between them">
          <Input mono defaultValue="order.placed.eu.de" />
        </Field>
        <Field label="Type">
          <Select
            value={kind}
            onChange={setKind}
            options={["string", "number", "boolean", "list"].map((value) => ({ value, label: value }))}
          />
        </Field>
        <Field label="x-message-ttl" mono error="A time to live can't be negative.">
          <NumberField value={ttl} onChange={setTtl} unit="ms" />
        </Field>
        <Field label="message_id" mono inline className="col-span-2">
          <Input mono placeholder="made for you" disabled />
        </Field>
        <Field label="Body" className="col-span-2">
          <Textarea defaultValue={'{ "order": 42 }'} />
        </Field>
      </div>
      <div className="mt-2 flex flex-wrap gap-x-4">
        <Checkbox defaultChecked hint="tell me if no queue takes it">
          mandatory:
        </Checkbox>
        <Checkbox>Idle</Checkbox>
        <Checkbox indeterminate>Some</Checkbox>
        <Checkbox disabled defaultChecked>
          Name
        </Checkbox>
        <Switch checked={on} onChange={setOn}>
          Live
        </Switch>
      </div>
    </Part>
  );
}
