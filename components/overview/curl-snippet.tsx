"use client";

import { useSyncExternalStore } from "react";
import { CopyButton } from "@/components/ui/copy-button";

const never = () => () => undefined;

/** The calls of a whole life of a message, with this server's own address. */
function commands(origin: string): string {
  const api = `${origin}/api`;
  return [
    "# declare a queue, publish to it",
    `curl -u guest:guest -X PUT ${api}/queues/%2F/tasks -d '{"durable":true}'`,
    `curl -u guest:guest ${api}/exchanges/%2F/amq.default/publish \\`,
    `  -d '{"routing_key":"tasks","properties":{"delivery_mode":2},"payload":"hello","payload_encoding":"string"}'`,
    "",
    "# take one message for 30 s, waiting up to 20 s for it",
    `curl -u guest:guest ${api}/queues/%2F/tasks/leases \\`,
    `  -d '{"count":1,"visibility_timeout_ms":30000,"wait_ms":20000}'`,
    "",
    "# done: acknowledge with the receipt that came with it",
    `curl -u guest:guest -X POST ${api}/leases/RECEIPT/ack`,
  ].join("\n");
}

/** Commands to copy. */
export function CurlSnippet() {
  const origin = useSyncExternalStore(
    never,
    () => location.origin,
    () => "",
  );
  const text = commands(origin);
  return (
    <div className="relative min-w-0">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="mono overflow-x-auto rounded-5 border border-line bg-sunken p-3 pr-10 leading-5">
        {text}
      </pre>
      <span className="absolute top-1.5 right-1.5">
        <CopyButton text={text} label="Copy the commands" />
      </span>
    </div>
  );
}
