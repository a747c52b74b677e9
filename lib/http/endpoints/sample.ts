import { type Call, endpoint } from "@/lib/http/endpoint";
import { ok } from "@/lib/http/reply";
import { sampleVhost } from "@/lib/sample/topology";

/** What the sample workload does now, or will do within a second. */
async function status({ sample }: Call) {
  const { state, since } = await sample.status();
  return ok({ state, since: since?.toISOString() ?? null, vhost: sampleVhost });
}

export const sampleEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/sample",
    summary: "Whether the sample workload runs",
    access: "look",
    manner: "warren",
    handle: (_input, call) => status(call),
  }),
  endpoint({
    method: "POST",
    path: "/api/sample/start",
    summary:
      "Start the sample workload, in a virtual host and as a user of its own; it stops by itself after 30 minutes",
    access: "change",
    manner: "warren",
    audit: "sample.start",
    async handle(_input, call) {
      await call.sample.start(call.actor);
      return status(call);
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/sample/stop",
    summary: "Stop the sample workload; its queues stay",
    access: "change",
    manner: "warren",
    audit: "sample.stop",
    async handle(_input, call) {
      await call.sample.stop(call.actor);
      return status(call);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/sample",
    summary: "Stop the sample workload and delete its virtual host and its user",
    access: "change",
    manner: "warren",
    audit: "sample.remove",
    async handle(_input, call) {
      await call.sample.remove(call.actor);
      return status(call);
    },
  }),
];
