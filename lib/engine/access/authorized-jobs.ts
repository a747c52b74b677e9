import type { Actor } from "@/lib/broker/actor";
import type { Edit, Edits } from "@/lib/broker/edits";
import { BrokerError } from "@/lib/broker/errors";
import type { Job, JobRequest, Jobs, Target } from "@/lib/broker/jobs";
import type { Selection } from "@/lib/broker/requests";
import { routingKeys } from "@/lib/broker/rules/router";
import { type AccessControl, isTrusted } from "@/lib/engine/access/access-control";

/** Checks that the calls without a job make as well. */
export interface SharedChecks {
  /** Whoever means messages of several queues needs the right at each of them. */
  mustReadSelected(actor: Actor, vhost: string, selection: Selection): Promise<void>;
  mustPublish(actor: Actor, vhost: string, to: { readonly exchange: string; readonly keys: string[] }): Promise<void>;
  /** As for restoring a batch of the trash. */
  mustRestore(actor: Actor, batch: string): Promise<void>;
  exchangesOf(vhost: string): Promise<readonly string[]>;
}

const everything: Selection = { kind: "all" };

/** A job may do what who starts it may do then. It is looked at by who sees its vhost. */
export function authorizedJobs(jobs: Jobs, access: AccessControl, checks: SharedChecks): Jobs {
  const mustDo = async (actor: Actor, { vhost, work }: JobRequest): Promise<void> => {
    if (isTrusted(actor)) return;
    await access.mustSee(actor, vhost);
    const send = (to: Target) => checks.mustPublish(actor, vhost, { exchange: to.exchange, keys: [to.routingKey] });
    switch (work.kind) {
      case "retry":
        await checks.mustReadSelected(actor, vhost, work.selection);
        return work.to ? send(work.to) : checks.mustPublish(actor, vhost, { exchange: "", keys: [] });
      case "discard":
        return checks.mustReadSelected(actor, vhost, work.selection);
      case "move":
        await checks.mustReadSelected(actor, vhost, { kind: "all", queue: work.from });
        return send(work.to);
      case "restore":
        return checks.mustRestore(actor, work.trash);
      case "purge":
        return checks.mustReadSelected(actor, vhost, { kind: "all", queue: work.queue });
      case "replay": {
        const { queue, exchange } = work.source;
        await checks.mustReadSelected(actor, vhost, queue === undefined ? everything : { kind: "all", queue });
        if (work.to) return send(work.to);
        const passed = exchange === undefined ? await checks.exchangesOf(vhost) : [exchange];
        for (const name of passed) await checks.mustPublish(actor, vhost, { exchange: name, keys: [] });
      }
    }
  };

  const seen = async (actor: Actor, job: Job): Promise<Job> => {
    await access.mustSee(actor, job.vhost);
    return job;
  };

  /** Who started it, and who could have. */
  const mustSteer = async (actor: Actor, id: string): Promise<void> => {
    const { vhost, startedBy } = await jobs.get(actor, id);
    await access.mustSee(actor, vhost);
    if (actor.user === startedBy || isTrusted(actor)) return;
    try {
      await checks.mustReadSelected(actor, vhost, everything);
    } catch (error) {
      throw new BrokerError(
        "access-refused",
        `Only ${startedBy}, who started this job, and who may read all queues of '${vhost}' may change it.`,
        undefined,
        { cause: error },
      );
    }
  };
  const steered = async (actor: Actor, id: string, change: () => Promise<Job>): Promise<Job> => {
    await mustSteer(actor, id);
    return change();
  };

  return {
    plan: async (actor, request) => {
      await mustDo(actor, request);
      return jobs.plan(actor, request);
    },
    start: async (actor, request) => {
      await mustDo(actor, request);
      return jobs.start(actor, request);
    },
    list: async (actor, query) => {
      if (query.vhost !== undefined) await access.mustSee(actor, query.vhost);
      const [page, sees] = await Promise.all([jobs.list(actor, query), access.visible(actor)]);
      return { ...page, items: page.items.filter(({ vhost }) => sees(vhost)) };
    },
    get: async (actor, id) => seen(actor, await jobs.get(actor, id)),
    items: async (actor, id, query) => {
      await seen(actor, await jobs.get(actor, id));
      return jobs.items(actor, id, query);
    },
    pause: (actor, id) => steered(actor, id, () => jobs.pause(actor, id)),
    resume: (actor, id) => steered(actor, id, () => jobs.resume(actor, id)),
    cancel: (actor, id) => steered(actor, id, () => jobs.cancel(actor, id)),
    setRate: (actor, id, rate) => steered(actor, id, () => jobs.setRate(actor, id, rate)),
  };
}

/** Who edits takes a message out of its queue, and publishes another. */
export function authorizedEdits(edits: Edits, access: AccessControl, checks: SharedChecks): Edits {
  return {
    edit: async (actor, ref, message) => {
      const { exchange, routingKey, properties } = message;
      await access.mustHave(actor, ["read", { vhost: ref.vhost, kind: "queue", name: ref.queue }]);
      const keys = [...routingKeys(routingKey, properties.headers)];
      await checks.mustPublish(actor, ref.vhost, { exchange, keys });
      return edits.edit(actor, ref, message);
    },
    lineage: async (actor, vhost, messageId) => {
      await access.mustSee(actor, vhost);
      const { editedFrom, editedTo } = await edits.lineage(actor, vhost, messageId);
      const may = ({ queue }: Edit) => access.has(actor, "read", { vhost, kind: "queue", name: queue });
      const readable = await Promise.all(editedTo.map(may));
      return {
        editedFrom: editedFrom && (await may(editedFrom)) ? editedFrom : null,
        editedTo: editedTo.filter((_, index) => readable[index]),
      };
    },
  };
}
