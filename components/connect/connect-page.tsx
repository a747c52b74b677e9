"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useSyncExternalStore } from "react";
import { GivenInput } from "@/components/connect/given-input";
import { passwordVariable, snippets } from "@/components/connect/snippets";
import { TryIt } from "@/components/connect/try-it";
import { useVhost } from "@/components/shell/vhost";
import { CodeBlock } from "@/components/ui/code-block";
import { Field } from "@/components/ui/field";
import { PageHead } from "@/components/ui/page-head";
import { Select } from "@/components/ui/select";
import { TextLink } from "@/components/ui/text-link";
import { overviewQuery } from "@/lib/api-client/overview";
import { whoamiQuery } from "@/lib/api-client/session";
import { vhostsQuery } from "@/lib/api-client/vhosts";

const never = () => () => undefined;
const fields = {
  with: parseAsStringLiteral(snippets.map(({ id }) => id)).withDefault("amqplib"),
  host: parseAsString,
  port: parseAsInteger,
  user: parseAsString,
  queue: parseAsString.withDefault("tasks"),
};
/** AMQP's own port, where the broker does not say which it listens on. */
const usualPort = 5672;
const highestPort = 65_535;

/** How a program connects: code to copy, with this broker's own address. */
export function ConnectPage() {
  const { vhost: chosen, setVhost } = useVhost();
  const [asked, setAsked] = useQueryStates(fields, { history: "replace" });
  const { data: person } = useQuery(whoamiQuery());
  const { data: vhosts } = useQuery(vhostsQuery);
  const { data: overview } = useQuery(overviewQuery());
  const host = useSyncExternalStore(
    never,
    () => location.hostname,
    () => "",
  );
  const origin = useSyncExternalStore(
    never,
    () => location.origin,
    () => "",
  );
  const listening = overview?.listeners?.find(({ protocol }) => protocol === "amqp")?.port;

  const vhost = chosen ?? vhosts?.[0]?.name ?? "/";
  const snippet = snippets.find(({ id }) => id === asked.with) ?? snippets[0];
  const target = {
    host: asked.host ?? host,
    port: asked.port ?? listening ?? usualPort,
    user: asked.user ?? person?.name ?? "",
    queue: asked.queue,
    ...{ vhost, origin },
  };
  const overHttp = asked.with === "curl";
  return (
    <>
      <PageHead title="Connect" note="Any AMQP 0-9-1 client connects unchanged" divided />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <form
          className="grid grid-cols-[repeat(auto-fill,minmax(150px,1fr))] items-start gap-3 px-4 py-3"
          onSubmit={(event) => event.preventDefault()}
        >
          <Field label="With">
            <Select
              value={asked.with}
              onChange={(next) => void setAsked({ with: next })}
              options={snippets.map(({ id, label }) => ({ value: id, label }))}
            />
          </Field>
          {!overHttp && (
            <>
              <Field label="Host">
                <GivenInput given={target.host} onType={(text) => void setAsked({ host: text || null })} />
              </Field>
              <Field label="Port" error={target.port > highestPort ? "The highest port is 65535." : undefined}>
                <GivenInput
                  inputMode="numeric"
                  given={String(target.port)}
                  onType={(text) => void setAsked({ port: Number(text.replaceAll(/\D/g, "")) || null })}
                />
              </Field>
            </>
          )}
          <Field label="User">
            <GivenInput given={target.user} onType={(text) => void setAsked({ user: text || null })} />
          </Field>
          <Field label="Virtual host">
            <Select
              mono
              value={vhost}
              onChange={setVhost}
              options={(vhosts ?? [{ name: vhost }]).map(({ name }) => ({ value: name, label: name }))}
            />
          </Field>
          <Field label="Queue">
            <GivenInput given={target.queue} onType={(text) => void setAsked({ queue: text || null })} />
          </Field>
        </form>
        <section aria-label="Code" className="flex flex-col gap-2 px-4 pb-4">
          {snippet?.install && <CodeBlock text={snippet.install} label="Copy what to install" />}
          {snippet && <CodeBlock text={snippet.code(target)} label="Copy the code" />}
          <p className="text-12 text-ink-2">
            The password comes from the environment variable <code>{passwordVariable}</code>, so that it stands in no
            file. {target.user === "guest" && "guest may only connect from the machine that Warren runs on. "}
            Once it runs, it is to be seen under <TextLink href="/connections">Connections</TextLink>,{" "}
            <TextLink href="/consumers">Consumers</TextLink> and <TextLink href="/topology">Topology</TextLink>.
          </p>
        </section>
        <TryIt />
      </div>
    </>
  );
}
