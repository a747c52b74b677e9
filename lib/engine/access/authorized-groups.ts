import type { DeadLetterGroups } from "@/lib/broker/dead-letter-groups";
import type { AccessControl } from "@/lib/engine/access/access-control";

/** Groups of dead letters show errors and examples: those of a queue are for who may read it. */
export function authorizedGroups(groups: DeadLetterGroups, access: AccessControl): DeadLetterGroups {
  return {
    list: async (actor, query) => {
      if (query.vhost !== undefined) await access.mustSee(actor, query.vhost);
      const page = await groups.list(actor, query);
      const may = await Promise.all(
        page.items.map(({ vhost, queue }) => access.has(actor, "read", { vhost, kind: "queue", name: queue })),
      );
      return { ...page, items: page.items.filter((_, index) => may[index]) };
    },
    get: async (actor, id) => {
      const group = await groups.get(actor, id);
      await access.mustHave(actor, ["read", { vhost: group.vhost, kind: "queue", name: group.queue }]);
      return group;
    },
    change: async (actor, id, change) => {
      const { vhost, queue } = await groups.get(actor, id);
      await access.mustHave(actor, ["read", { vhost, kind: "queue", name: queue }]);
      return groups.change(actor, id, change);
    },
  };
}
