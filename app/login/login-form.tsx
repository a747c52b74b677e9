"use client";

import { CircleAlert, Info } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { ApiError } from "@/lib/api-client/client";
import { login } from "@/lib/api-client/session";

/** Only a path of this console: an address that leads elsewhere would make the login page a trap. */
function safeNext(next: string | undefined): string {
  if (next === undefined || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  return next.startsWith("/login") ? "/" : next;
}

/** Name and password. `local` is whether the browser runs on the server's own machine, where guest may log in. */
export function LoginForm({ next, local }: { next: string | undefined; local: boolean }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const secret = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await login(name, password);
      location.assign(safeNext(next));
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiError && error.status === 401) {
        setProblem("This name and password don't belong together. Check both; capital letters count.");
        secret.current?.select();
      } else if (error instanceof ApiError && error.status === 0) {
        setProblem("The server did not answer. Check that Warren is running, then log in again.");
      } else {
        setProblem(error instanceof Error ? error.message : "The server gave no reason.");
      }
    }
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {problem !== undefined && (
        <Note tone="danger" role="alert" icon={<CircleAlert aria-hidden="true" />}>
          <b className="font-semibold">Not logged in.</b> {problem}
        </Note>
      )}
      <Field label="Name">
        <Input
          large
          autoFocus
          required
          name="username"
          autoComplete="username"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label="Password">
        <Input
          ref={secret}
          large
          required
          type="password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <Button variant="primary" size="lg" type="submit" busy={busy} className="w-full">
        {busy ? "Logging in" : "Log in"}
      </Button>
      {local && (
        <Note icon={<Info aria-hidden="true" />}>
          You are on the server's own machine: <code className="text-ink">guest</code> with the password{" "}
          <code className="text-ink">guest</code> works from here, and from nowhere else.
        </Note>
      )}
    </form>
  );
}
