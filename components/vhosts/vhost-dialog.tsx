"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/field";
import { showDone } from "@/components/ui/toast";
import { readTags } from "@/components/users/tags";
import { ApiError } from "@/lib/api-client/client";
import { putVhost, type Vhost, vhostsQuery } from "@/lib/api-client/vhosts";

/** Adds a virtual host, or changes description and tags of one. Draw it only while it is open. */
export function VhostDialog({
  vhost,
  onClose,
  onDone,
}: {
  /** Null for a new one. */
  vhost: Vhost | null;
  onClose: () => void;
  onDone: (name: string) => void;
}) {
  const client = useQueryClient();
  const [name, setName] = useState(vhost?.name ?? "");
  const [description, setDescription] = useState(vhost?.description ?? "");
  const [tags, setTags] = useState(vhost?.tags.join(", ") ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const first = useRef<HTMLInputElement>(null);
  const formId = useId();
  const problem = name.trim() === "" ? "It needs a name first" : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (problem !== undefined || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      // The API would change one that is there.
      const others = vhost === null ? await client.fetchQuery({ ...vhostsQuery, staleTime: 0 }) : [];
      if (others.some((each) => each.name === name)) {
        throw new ApiError(409, "conflict", `There is a virtual host ${name} already.`);
      }
      await putVhost(name, { description, tags: readTags(tags) });
      await client.invalidateQueries({ queryKey: ["vhosts"] });
      await client.invalidateQueries({ queryKey: ["permissions"] });
      void showDone({ message: `Virtual host ${name} is ${vhost === null ? "added" : "changed"}` });
      onDone(name);
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={vhost === null ? "Add a virtual host" : `Change ${vhost.name}`}
      {...(vhost === null && { initialFocus: first })}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            Cancel
          </Button>
          <Button size="lg" type="submit" form={formId} variant="primary" busy={busy} disabledReason={problem}>
            {vhost === null ? "Add virtual host" : "Save virtual host"}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        {vhost === null && (
          <Field label="Name" hint="You get all permissions in it; give others theirs on the page of users.">
            <Input ref={first} mono large value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
        )}
        <Field label="Description">
          <Input value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
        <Field label="Tags, with commas">
          <Input mono value={tags} onChange={(event) => setTags(event.target.value)} />
        </Field>
        {error !== undefined && (
          <ErrorNote
            title={`The virtual host was not ${vhost === null ? "added" : "changed"}.`}
            error={error}
            lost="Nothing was changed."
          />
        )}
      </form>
    </Dialog>
  );
}
