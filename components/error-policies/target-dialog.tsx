"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { NumberField } from "@/components/ui/number-field";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { changeTarget, createTarget, type NotificationTarget, type TargetInput } from "@/lib/api-client/notifications";

type Security = "none" | "starttls" | "tls";

interface TargetForm {
  readonly name: string;
  readonly kind: NotificationTarget["kind"];
  readonly enabled: boolean;
  readonly groupSeconds: number | null;
  readonly perHour: number | null;
  readonly url: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number | null;
  readonly security: Security;
  readonly user: string;
  readonly password: string;
  readonly from: string;
  readonly to: string;
}

const usualPort: Readonly<Record<Security, number>> = { none: 25, starttls: 587, tls: 465 };

function formOf(target: NotificationTarget | null): TargetForm {
  const smtp = target?.smtp;
  return {
    name: target?.name ?? "",
    kind: target?.kind ?? "webhook",
    enabled: target?.enabled ?? true,
    groupSeconds: (target?.group_ms ?? 30_000) / 1000,
    perHour: target?.per_hour ?? 60,
    url: target?.url ?? "",
    secret: "",
    host: smtp?.host ?? "",
    port: smtp?.port ?? usualPort.starttls,
    security: smtp?.security ?? "starttls",
    user: smtp?.user ?? "",
    password: "",
    from: smtp?.from ?? "",
    to: smtp?.to.join(", ") ?? "",
  };
}

/** What a form says; a secret that is left empty stays as it was. */
function inputOf(form: TargetForm): TargetInput {
  const { name, kind, enabled } = form;
  const common = {
    name: name.trim(),
    kind,
    enabled,
    group_ms: (form.groupSeconds ?? 30) * 1000,
    per_hour: form.perHour ?? 60,
  };
  if (kind !== "email") {
    return { ...common, url: form.url.trim(), ...(form.secret !== "" && { secret: form.secret }) };
  }
  return {
    ...common,
    smtp: {
      host: form.host.trim(),
      port: form.port ?? usualPort[form.security],
      security: form.security,
      user: form.user.trim() === "" ? null : form.user.trim(),
      ...(form.password !== "" && { password: form.password }),
      from: form.from.trim(),
      to: form.to.split(/[,;\s]+/).filter((address) => address !== ""),
    },
  };
}

function problemOf(form: TargetForm): string | undefined {
  if (form.name.trim() === "") return "Give it a name";
  if (form.kind !== "email")
    return /^https?:\/\/\S+$/.test(form.url.trim()) ? undefined : "Write the URL, with https://";
  if (form.host.trim() === "") return "Write the mail server";
  return form.from.trim() === "" || form.to.trim() === "" ? "Write from whom and to whom" : undefined;
}

/** Adds or changes somebody to tell: a webhook, a Slack channel, or people by e-mail. */
export function TargetDialog({
  target,
  open,
  onClose,
}: {
  /** Null for a new one. */
  target: NotificationTarget | null;
  open: boolean;
  onClose: () => void;
}) {
  return (
    <TargetFields key={`${target?.name} ${target?.version} ${open}`} target={target} open={open} onClose={onClose} />
  );
}

function TargetFields({
  target,
  open,
  onClose,
}: {
  target: NotificationTarget | null;
  open: boolean;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [form, setForm] = useState(() => formOf(target));
  const set = (part: Partial<TargetForm>) => setForm((before) => ({ ...before, ...part }));
  const text = (name: "name" | "url" | "secret" | "host" | "user" | "password" | "from" | "to") => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
  });
  const problem = problemOf(form);
  const submit = async () => {
    try {
      const input = inputOf(form);
      if (target === null) await createTarget(input);
      else await changeTarget(target.name, { ...input, version: target.version });
      onClose();
    } finally {
      void client.invalidateQueries({ queryKey: ["notifications"] });
    }
  };
  const kept = target?.has_secret ? "Leave it empty to keep the present one" : undefined;
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={target === null ? "Add somebody to tell" : `Change ${target.name}`}
      action={target === null ? "Add it" : "Save it"}
      problem={problem}
      failure="It was not saved."
      lost="What there was is as it was."
      onSubmit={submit}
    >
      <div>
        <Segments
          label="How to tell"
          value={form.kind}
          onChange={(kind) => set({ kind })}
          options={[
            { value: "webhook", label: "Webhook" },
            { value: "slack", label: "Slack" },
            { value: "email", label: "E-mail" },
          ]}
        />
      </div>
      <Field label="Name" hint={target === null ? "Rules name it so" : undefined}>
        <Input maxLength={255} {...text("name")} disabled={target !== null} />
      </Field>
      {form.kind === "email" ? (
        <>
          <div className="grid grid-cols-[minmax(0,1fr)_96px_128px] gap-2 phone:grid-cols-2">
            <Field label="Mail server">
              <Input mono placeholder="smtp.example.org" {...text("host")} />
            </Field>
            <Field label="Port">
              <NumberField min={1} max={65535} value={form.port} onChange={(port) => set({ port })} />
            </Field>
            <Field label="Encrypted by">
              <Select
                value={form.security}
                options={[
                  { value: "starttls", label: "STARTTLS" },
                  { value: "tls", label: "TLS" },
                  { value: "none", label: "nothing" },
                ]}
                onChange={(security) => set({ security, port: usualPort[security] })}
              />
            </Field>
          </div>
          <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
            <Field label="User, if it asks for one">
              <Input {...text("user")} />
            </Field>
            <Field
              label="Password"
              hint={target?.smtp?.has_password ? "Leave it empty to keep the present one" : undefined}
            >
              <Input type="password" autoComplete="new-password" {...text("password")} />
            </Field>
          </div>
          <Field label="From">
            <Input mono placeholder="warren@example.org" {...text("from")} />
          </Field>
          <Field label="To, parted by commas">
            <Input mono placeholder="oncall@example.org" {...text("to")} />
          </Field>
        </>
      ) : (
        <>
          <Field label="URL">
            <Input mono placeholder="https://hooks.example.org/warren" {...text("url")} />
          </Field>
          {form.kind === "webhook" && (
            <Field label="Secret for the signature" hint={kept}>
              <Input type="password" autoComplete="new-password" {...text("secret")} />
            </Field>
          )}
        </>
      )}
      <div className="grid grid-cols-2 gap-2">
        <Field label="Failures of one cause together for">
          <NumberField
            min={0}
            max={86_400}
            unit="s"
            value={form.groupSeconds}
            onChange={(groupSeconds) => set({ groupSeconds })}
          />
        </Field>
        <Field label="At most">
          <NumberField min={1} max={10_000} unit="/h" value={form.perHour} onChange={(perHour) => set({ perHour })} />
        </Field>
      </div>
      <Checkbox checked={form.enabled} onCheckedChange={(enabled) => set({ enabled })}>
        Tell it now; otherwise rules pass it over
      </Checkbox>
    </FormDialog>
  );
}
