"use client";

import { useSyncExternalStore } from "react";
import { CodeBlock } from "@/components/ui/code-block";

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
  return <CodeBlock text={commands(origin)} label="Copy the commands" />;
}
