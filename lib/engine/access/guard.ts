import type { Resource } from "@/lib/broker/access";
import type { Actor } from "@/lib/broker/actor";
import type { Selection } from "@/lib/broker/requests";
import { type AccessControl, isTrusted, mustGrantTopic, seesEverything } from "@/lib/engine/access/access-control";
import type { Grant } from "@/lib/engine/access/grants";
import type { EngineContext } from "@/lib/engine/context";

/** A queue, as permissions name it. */
export function queueIn(vhost: string, name: string): Resource {
  return { vhost, kind: "queue", name };
}

/** An exchange, as permissions name it. */
export function exchangeIn(vhost: string, name: string): Resource {
  return { vhost, kind: "exchange", name };
}

/** What operations on many things at once, or without an equal in RabbitMQ, ask of the permissions. */
export class Guard {
  readonly access: AccessControl;
  readonly #context: EngineContext;

  constructor(access: AccessControl, context: EngineContext) {
    this.access = access;
    this.#context = context;
  }

  /** At a topic exchange the routing keys count as well. Throws `access-refused`. */
  async mustGrantKeys(
    actor: Actor,
    right: "write" | "read",
    { vhost, name }: Pick<Resource, "vhost" | "name">,
    keys: readonly string[],
  ): Promise<void> {
    const { vhosts } = await this.#context.topology.current();
    if (vhosts.get(vhost)?.exchanges.get(name)?.type !== "topic") return;
    const check = (grant: Grant | undefined) => {
      for (const routingKey of keys) mustGrantTopic(grant, actor, right, { vhost, exchange: name, routingKey });
    };
    await this.access.when(actor, vhost, check, async () => {});
  }

  /** Throws `access-refused`. */
  async mustPublish(
    actor: Actor,
    vhost: string,
    { exchange, keys }: { readonly exchange: string; readonly keys: readonly string[] },
  ): Promise<void> {
    await this.access.mustHave(actor, ["write", exchangeIn(vhost, exchange)]);
    await this.mustGrantKeys(actor, "write", { vhost, name: exchange }, keys);
  }

  /** Whoever means messages of several queues needs the right at each of them. Throws `access-refused`. */
  async mustReadSelected(actor: Actor, vhost: string, selection: Selection): Promise<void> {
    if (isTrusted(actor)) return;
    await this.access.mustSee(actor, vhost);
    const { kind } = selection;
    const named = kind === "messages" ? selection.refs.map((ref) => ref.queue) : selection.queue;
    const names = named === undefined ? await this.#queuesOf(vhost) : typeof named === "string" ? [named] : named;
    await this.access.mustHave(actor, ...[...new Set(names)].map((name) => ["read", queueIn(vhost, name)] as const));
  }

  async #queuesOf(vhost: string): Promise<string[]> {
    return [...((await this.#context.topology.fresh()).vhosts.get(vhost)?.queues.keys() ?? [])];
  }

  /** Of a list over several queues everybody gets what they may read. */
  async readable<T extends { readonly vhost: string; readonly queue: string }>(
    actor: Actor,
    items: readonly T[],
  ): Promise<T[]> {
    const may = await Promise.all(items.map((item) => this.access.has(actor, "read", queueIn(item.vhost, item.queue))));
    return items.filter((_, index) => may[index]);
  }

  /** Of a list over several vhosts everybody gets what lies in those that they see. */
  async inVisible<T extends { readonly vhost: string }>(actor: Actor, list: Promise<readonly T[]>): Promise<T[]> {
    const [items, sees] = await Promise.all([list, this.access.visible(actor)]);
    return items.filter(({ vhost }) => sees(vhost));
  }

  /** Clients of others are shown to those who look after the whole. */
  async inSight<T extends { readonly vhost: string; readonly user: string }>(
    actor: Actor,
    list: Promise<readonly T[]>,
  ): Promise<T[]> {
    return (await this.inVisible(actor, list)).filter(({ user }) => seesEverything(actor) || user === actor.user);
  }

  /** For what may be about one vhost or all. Throws `access-refused`. */
  async mustSeeOne(actor: Actor, vhost: string | undefined): Promise<void> {
    if (vhost !== undefined) await this.access.mustSee(actor, vhost);
  }
}
