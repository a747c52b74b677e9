import { z } from "zod";
import { endpoint } from "@/lib/http/endpoint";
import { trashBatchJson } from "@/lib/http/json/message-json";
import { ok } from "@/lib/http/reply";
import { shortText } from "@/lib/http/schemas";

export const trashEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/trash",
    summary: "What was discarded, purged, dropped or deleted, and can be restored; `bindings` of a deleted queue",
    access: "look",
    manner: "warren",
    query: z.strictObject({ vhost: shortText.optional() }),
    async handle({ query }, { broker, actor }) {
      return ok((await broker.listTrash(actor, query.vhost)).map(trashBatchJson));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/trash/{batch}/restore",
    summary:
      "Put a batch back where it was: same queue, order and ids; of a deleted queue, the queue and its bindings as well",
    access: "change",
    manner: "warren",
    audit: "trash.restore",
    async handle({ path }, { broker, actor, note }) {
      const { restored } = await broker.restoreTrash(actor, path.batch);
      note({ restored });
      return ok({ restored });
    },
  }),
];
