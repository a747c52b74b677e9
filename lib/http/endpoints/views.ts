import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { viewJson } from "@/lib/http/json/view-json";
import { noContent, ok } from "@/lib/http/reply";
import { text } from "@/lib/http/schemas";

/** Views that one user may have. */
const MOST_VIEWS = 500;

function ownerId({ user }: Call): string {
  if (user === null) throw new BrokerError("unauthenticated", "Log in first.");
  return user.id;
}

const pageName = z.string().regex(/^[a-z-]{1,40}$/, "is not the name of a page, such as queues");

export const viewEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/views",
    summary: "Your saved views of the console's lists",
    access: "look",
    manner: "warren",
    query: z.strictObject({ page: pageName.optional() }),
    async handle({ query }, call) {
      const where = { userId: ownerId(call), ...(query.page !== undefined && { page: query.page }) };
      const views = await call.database.savedView.findMany({ where, orderBy: [{ page: "asc" }, { name: "asc" }] });
      return ok(views.map(viewJson));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/views",
    summary: "Save a view of a list under a name; one of the same name is replaced",
    // It changes nothing of the broker: whoever may look may keep how they look.
    access: "look",
    manner: "warren",
    body: z.strictObject({ page: pageName, name: text.min(1).max(100), search: text.max(4_000) }),
    async handle({ body: { page, name, search } }, call) {
      const userId = ownerId(call);
      const { savedView } = call.database;
      if ((await savedView.count({ where: { userId } })) >= MOST_VIEWS) {
        throw new BrokerError("conflict", `You have ${MOST_VIEWS} saved views. Delete some first.`);
      }
      const view = await savedView.upsert({
        where: { userId_page_name: { userId, page, name } },
        create: { userId, page, name, search },
        update: { search },
      });
      return ok(viewJson(view));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/views/{view}",
    summary: "Delete one of your saved views",
    access: "look",
    manner: "warren",
    async handle({ path }, call) {
      const { count } = await call.database.savedView.deleteMany({ where: { id: path.view, userId: ownerId(call) } });
      if (count === 0) throw new BrokerError("not-found", `You have no saved view ${path.view}.`);
      return noContent();
    },
  }),
];
