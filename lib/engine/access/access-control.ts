import type { Resource, Right } from "@/lib/broker/access";
import type { Actor } from "@/lib/broker/actor";
import { BrokerError } from "@/lib/broker/errors";
import { type Grant, grantsOf } from "@/lib/engine/access/grants";
import type { EngineContext } from "@/lib/engine/context";
import { permissionList, topicPermissionList } from "@/lib/engine/sql/permission";

/** What is known of a user is good for so long, in ms: a change takes effect within that time at every node. */
const goodForMs = 1_000;
const maxUsers = 10_000;

type Grants = ReadonlyMap<string, Grant>;

interface Known {
  readonly until: number;
  readonly grants: Grants;
}

/** Who may do what: the users' permissions, read when they are needed and kept for a second. */
export class AccessControl {
  readonly #context: EngineContext;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<Grants>>();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /**
   * Does something if the actor has the rights to. What is known is decided at once, so that what comes in an order is
   * done in it: who has to wait for permissions makes those behind wait as well. Rejects with `access-refused`.
   * @param check throws if the actor's grant in that vhost (undefined: none) is not enough
   */
  when<T>(actor: Actor, vhost: string, check: (grant: Grant | undefined) => void, work: () => Promise<T>): Promise<T> {
    if (isTrusted(actor)) return work();
    const grants = this.#now(actor.user);
    if (grants === undefined) return this.#load(actor.user).then((loaded) => this.#then(loaded, vhost, check, work));
    return this.#then(grants, vhost, check, work);
  }

  #then<T>(grants: Grants, vhost: string, check: (grant: Grant | undefined) => void, work: () => Promise<T>) {
    const grant = grants.get(vhost);
    try {
      check(grant);
    } catch (error) {
      return grant === undefined ? this.#refused(vhost, error) : Promise.reject(error);
    }
    return work();
  }

  /** Nobody has a permission in a vhost that isn't there. */
  async #refused(vhost: string, error: unknown): Promise<never> {
    (await this.#context.topology.fresh()).vhost(vhost);
    throw error;
  }

  /** Throws `access-refused` unless the actor has all of these rights. */
  async mustHave(actor: Actor, ...needed: readonly (readonly [Right, Resource])[]): Promise<void> {
    for (const [right, resource] of needed) {
      await this.when(
        actor,
        resource.vhost,
        (grant) => mustGrant(grant, actor, right, resource),
        async () => {},
      );
    }
  }

  /** Whether the actor has this right. */
  async has(actor: Actor, right: Right, resource: Resource): Promise<boolean> {
    if (isTrusted(actor)) return true;
    return allows((await this.#grants(actor.user)).get(resource.vhost), right, resource);
  }

  /**
   * Throws `access-refused` unless the actor may see the vhost. Over AMQP that takes a permission; over HTTP the tags
   * administrator and monitoring do as well (https://www.rabbitmq.com/docs/management#permissions). `not-found` for a
   * vhost that isn't there.
   */
  async mustSee(actor: Actor, vhost: string): Promise<void> {
    if (seesEverything(actor) || (await this.#grants(actor.user)).has(vhost)) return;
    (await this.#context.topology.fresh()).vhost(vhost);
    throw new BrokerError("access-refused", `access to vhost '${vhost}' refused for user '${actor.user}'`, { vhost });
  }

  /** Which vhosts the actor may see. */
  async visible(actor: Actor): Promise<(vhost: string) => boolean> {
    if (seesEverything(actor)) return () => true;
    const grants = await this.#grants(actor.user);
    return (vhost) => grants.has(vhost);
  }

  /** Something was changed here: it takes effect at once at this node. */
  forget(): void {
    this.#known.clear();
  }

  async #grants(user: string): Promise<Grants> {
    return this.#now(user) ?? this.#load(user);
  }

  #now(user: string): Grants | undefined {
    const known = this.#known.get(user);
    return known !== undefined && known.until > performance.now() && !this.#loading.has(user)
      ? known.grants
      : undefined;
  }

  #load(user: string): Promise<Grants> {
    const loading = this.#loading.get(user);
    if (loading) return loading;
    const begun = this.#read(user).finally(() => this.#loading.delete(user));
    this.#loading.set(user, begun);
    return begun;
  }

  async #read(user: string): Promise<Grants> {
    const { main } = this.#context.database;
    const until = performance.now() + goodForMs;
    const [permissions, topics] = await Promise.all([
      permissionList(main, { user }),
      topicPermissionList(main, { user }),
    ]);
    const grants = grantsOf(permissions, topics);
    if (this.#known.size >= maxUsers) this.#known.clear();
    this.#known.set(user, { until, grants });
    return grants;
  }
}

/** The broker's own duties, and the sample workload, which may only do what it was written to do. */
export function isTrusted({ door }: Actor): boolean {
  return door === "system" || door === "sample";
}

/** Of others' connections only those see anything who may look at everything. */
export function seesEverything(actor: Actor): boolean {
  if (isTrusted(actor)) return true;
  return actor.door !== "amqp" && (actor.tags.includes("administrator") || actor.tags.includes("monitoring"));
}

/** Throws `access-refused` in RabbitMQ's words. */
export function mustGrant(grant: Grant | undefined, actor: Actor, right: Right, resource: Resource): void {
  if (allows(grant, right, resource)) return;
  const { kind, vhost } = resource;
  throw new BrokerError(
    "access-refused",
    `${right} access to ${kind} '${nameOf(resource)}' in vhost '${vhost}' refused for user '${actor.user}'`,
    { right, kind, name: resource.name, vhost },
  );
}

/** Throws `access-refused` where a permission for this topic exchange doesn't include the routing key. */
export function mustGrantTopic(
  grant: Grant | undefined,
  actor: Actor,
  right: "write" | "read",
  { vhost, exchange, routingKey }: { readonly vhost: string; readonly exchange: string; readonly routingKey: string },
): void {
  const rule = grant?.topics.get(exchange)?.[right];
  if (rule === undefined || rule.allows(routingKey)) return;
  throw new BrokerError(
    "access-refused",
    `${right} access to topic '${routingKey}' in exchange '${exchange}' in vhost '${vhost}' refused for user '${actor.user}'`,
    { right, exchange, routing_key: routingKey, vhost },
  );
}

function allows(grant: Grant | undefined, right: Right, resource: Resource): boolean {
  return grant?.rights[right].allows(nameOf(resource)) ?? false;
}

function nameOf({ kind, name }: Resource): string {
  return kind === "exchange" && name === "" ? "amq.default" : name;
}
