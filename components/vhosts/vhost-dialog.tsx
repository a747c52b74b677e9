"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
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
  const first = useRef<HTMLInputElement>(null);
  const problem = name.trim() === "" ? "It needs a name first" : undefined;
  const submit = async () => {
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
  };
  return (
    <FormDialog
      onClose={onClose}
      title={vhost === null ? "Add a virtual host" : `Change ${vhost.name}`}
      {...(vhost === null && { initialFocus: first })}
      action={vhost === null ? "Add virtual host" : "Save virtual host"}
      problem={problem}
      failure={`The virtual host was not ${vhost === null ? "added" : "changed"}.`}
      lost="Nothing was changed."
      onSubmit={submit}
    >
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
    </FormDialog>
  );
}
