"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Note } from "@/components/ui/note";
import { Segments } from "@/components/ui/segments";
import { Select } from "@/components/ui/select";
import { createToken, type Token } from "@/lib/api-client/tokens";

const day = 86_400_000;
/** How long tokens may live, in milliseconds; null is for ever. */
const lifetimes = { week: 7 * day, month: 30 * day, quarter: 90 * day, year: 365 * day, ever: null } as const;
type Lifetime = keyof typeof lifetimes;

/** Makes a token, and shows its secret this once. Draw it only while it is open: it forgets the secret then. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Token["scope"]>("read");
  const [lifetime, setLifetime] = useState<Lifetime>("quarter");
  const [secret, setSecret] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const problem = name.trim() === "" ? "It needs a name first" : undefined;
  const submit = async () => {
    const after = lifetimes[lifetime];
    const made = await createToken({
      name: name.trim(),
      scope,
      ...(after !== null && { expires_at: new Date(Date.now() + after).toISOString() }),
    });
    setSecret(made.token);
    await client.invalidateQueries({ queryKey: ["tokens"] });
  };
  if (secret !== null) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={`Token ${name.trim()}`}
        footer={
          <Button size="lg" variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        }
      >
        <Note tone="warn" role="status">
          Copy it now: it is shown this once and can't be read again.
        </Note>
        <div className="flex items-center gap-2 rounded-5 bg-sunken px-3 py-2">
          <code className="min-w-0 flex-1 break-all">{secret}</code>
          <CopyButton text={secret} label="Copy the token" />
        </div>
      </Dialog>
    );
  }
  return (
    <FormDialog
      onClose={onClose}
      title="Make a token"
      initialFocus={first}
      action="Make token"
      problem={problem}
      failure="The token was not made."
      lost="Nothing was changed."
      onSubmit={submit}
    >
      <Field label="Name" hint="What it is for: a program, a machine.">
        <Input ref={first} large maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <div>
        <Segments
          label="What it may do"
          value={scope}
          onChange={setScope}
          options={[
            { value: "read", label: "Only read" },
            { value: "full", label: "All that you may" },
          ]}
        />
      </div>
      <Field label="Expires">
        <Select
          large
          value={lifetime}
          onChange={setLifetime}
          options={[
            { value: "week", label: "After 7 days" },
            { value: "month", label: "After 30 days" },
            { value: "quarter", label: "After 90 days" },
            { value: "year", label: "After a year" },
            { value: "ever", label: "Never" },
          ]}
        />
      </Field>
    </FormDialog>
  );
}
