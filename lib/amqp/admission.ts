import type { Registry } from "@/lib/amqp/registry";
import { idOf } from "@/lib/amqp/wire/content-assembler";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Actor } from "@/lib/broker/actor";
import type { Broker, ClientLimits, Counted } from "@/lib/broker/broker";

/** What an admitted connection may do. */
export interface Admitted {
  /** How many channels its user may have open at this node in all; null for as many as it likes. */
  readonly userChannels: number | null;
}

/**
 * Lets connections in as far as the limits of vhost and user allow (rabbitmq.com/docs/vhosts#limits,
 * rabbitmq.com/docs/user-limits). Where there are limits, one after the other, so that each counts the one before.
 */
export class Admission {
  readonly #broker: Broker;
  readonly #registry: Registry;
  #last: Promise<void> = Promise.resolve();

  constructor(broker: Broker, registry: Registry) {
    this.#broker = broker;
    this.#registry = registry;
  }

  /**
   * Throws AmqpError 530 when a limit is reached.
   * @param open makes the connection one that is reported
   */
  async enter(actor: Actor, vhost: string, open: (admitted: Admitted) => void): Promise<void> {
    const limits = await this.#broker.clientLimits(actor, vhost);
    if (isUnlimited(limits)) {
      open({ userChannels: null });
      return;
    }
    const turn = this.#last.then(() => this.#enterInTurn(actor, vhost, open));
    this.#last = turn.catch(() => {});
    await turn;
  }

  async #enterInTurn(actor: Actor, vhost: string, open: (admitted: Admitted) => void): Promise<void> {
    await this.#registry.flushed();
    const { vhostConnections, userConnections, userChannels } = await this.#broker.clientLimits(actor, vhost);
    const { user } = actor;
    const ofVhost = `access to vhost '${vhost}' refused for user '${user}': connection limit`;
    const ofUser = `connection refused for user '${user}': user connection limit`;
    for (const [limit, text] of [
      [vhostConnections, ofVhost],
      [userConnections, ofUser],
    ] as const) {
      if (isReached(limit)) {
        throw new AmqpError("NOT_ALLOWED", `${text} (${limit.most}) is reached`, idOf("connection.open"));
      }
    }
    const elsewhere = userChannels ? Math.max(0, userChannels.now - this.#registry.channelsOf(user)) : 0;
    open({ userChannels: userChannels === null ? null : Math.max(0, userChannels.most - elsewhere) });
  }
}

function isUnlimited({ vhostConnections, userConnections, userChannels }: ClientLimits): boolean {
  return vhostConnections === null && userConnections === null && userChannels === null;
}

function isReached(limit: Counted | null): limit is Counted {
  return limit !== null && limit.now >= limit.most;
}
