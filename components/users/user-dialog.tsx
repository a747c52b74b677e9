"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Segments } from "@/components/ui/segments";
import { showDone } from "@/components/ui/toast";
import { knownTags, otherTags, readTags, tagWords } from "@/components/users/tags";
import { ApiError } from "@/lib/api-client/client";
import { changeTags, putUser, type User, userExists } from "@/lib/api-client/users";

type PasswordWay = "keep" | "set" | "none";

/** Adds a user, or changes password and tags of one. Draw it only while it is open: it forgets the password then. */
export function UserDialog({
  user,
  onClose,
  onDone,
}: {
  /** Null for a new one. */
  user: User | null;
  onClose: () => void;
  onDone: (name: string) => void;
}) {
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? "");
  const [way, setWay] = useState<PasswordWay>(user === null ? "set" : "keep");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tags, setTags] = useState<readonly string[]>(user?.tags ?? []);
  const [others, setOthers] = useState(otherTags(user?.tags ?? []).join(", "));
  const first = useRef<HTMLInputElement>(null);
  const differs = way === "set" && again !== "" && again !== password;
  const problem =
    name.trim() === ""
      ? "It needs a name first"
      : way === "set" && password === ""
        ? "Write a password first"
        : way === "set" && again !== password
          ? "Write the same password twice"
          : undefined;
  const submit = async () => {
    const wanted = [...new Set([...knownTags(tags), ...readTags(others)])];
    if (user === null && (await userExists(name))) {
      throw new ApiError(409, "conflict", `There is a user ${name} already.`);
    }
    if (way === "keep") await changeTags(name, wanted);
    else await putUser(name, { password: way === "set" ? password : "", tags: wanted });
    await client.invalidateQueries({ queryKey: ["users"] });
    void showDone({ message: user === null ? `User ${name} is added` : `User ${name} is changed` });
    onDone(name);
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title={user === null ? "Add a user" : `Change ${user.name}`}
      {...(user === null && { initialFocus: first })}
      action={user === null ? "Add user" : "Save user"}
      problem={problem}
      failure={user === null ? "The user was not added." : "The user was not changed."}
      lost="Nothing was changed."
      onSubmit={submit}
    >
      {user === null && (
        <Field label="Name">
          <Input ref={first} mono large value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <div>
        <Segments
          label="How the user logs in"
          value={way}
          onChange={setWay}
          options={[
            ...(user === null ? [] : [{ value: "keep" as const, label: "Password as it is" }]),
            { value: "set", label: user === null ? "A password" : "A new password" },
            { value: "none", label: "None" },
          ]}
        />
      </div>
      {way === "none" && <p className="text-12 text-ink-2">Nobody can log in as this user until it has a password.</p>}
      {way === "set" && (
        <div className="grid grid-cols-2 gap-2 phone:grid-cols-1">
          <Field label="Password">
            <Input
              type="password"
              autoComplete="new-password"
              large
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </Field>
          <Field label="The same again" error={differs ? "This is not the same." : undefined}>
            <Input
              type="password"
              autoComplete="new-password"
              large
              value={again}
              onChange={(event) => setAgain(event.target.value)}
            />
          </Field>
        </div>
      )}
      <fieldset>
        <legend className="mb-1 text-12 text-ink-2">Tags: what the user may do over HTTP and in this console</legend>
        {Object.entries(tagWords).map(([tag, words]) => (
          <Checkbox
            key={tag}
            block
            checked={tags.includes(tag)}
            hint={words}
            onCheckedChange={(checked) => setTags(checked ? [...tags, tag] : tags.filter((each) => each !== tag))}
          >
            {tag}
          </Checkbox>
        ))}
      </fieldset>
      <Field label="Other tags, with commas" hint="They mean nothing to Warren. Without any tag a user has AMQP only.">
        <Input mono value={others} onChange={(event) => setOthers(event.target.value)} />
      </Field>
    </FormDialog>
  );
}
