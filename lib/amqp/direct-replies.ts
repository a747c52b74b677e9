import { randomBytes } from "node:crypto";
import type { DirectReply, DoorCluster } from "@/lib/broker/door-cluster";

/** The queue that a client consumes from, and names in `reply_to`, for direct replies. */
export const directReplyQueue = "amq.rabbitmq.reply-to";

const prefix = `${directReplyQueue}.`;

/**
 * Direct reply-to (rabbitmq.com/direct-reply-to): answers go straight to the channel that asked, past all queues. They
 * are not kept, and one for somebody who has gone is dropped. A name tells on which node somebody waits for it.
 */
export class DirectReplies {
  readonly #cluster: DoorCluster;
  readonly #receivers = new Map<string, (reply: DirectReply) => void>();

  constructor(cluster: DoorCluster) {
    this.#cluster = cluster;
    cluster.onReply((reply) => this.#receivers.get(reply.routingKey)?.(reply));
  }

  /** A name to give as `reply_to` that can't be guessed. */
  open(receive: (reply: DirectReply) => void): string {
    const name = `${prefix}${this.#cluster.node}.${randomBytes(18).toString("base64url")}`;
    this.#receivers.set(name, receive);
    return name;
  }

  close(name: string): void {
    this.#receivers.delete(name);
  }

  /** Whether a routing key is one of these names. */
  isReply(routingKey: string): boolean {
    return routingKey.startsWith(prefix);
  }

  /**
   * Whether somebody waits for a reply under this name. Of a name of another node that isn't known here: it is taken to
   * be so, since a server that is told otherwise doesn't do what it was asked for.
   */
  isOpen(name: string): boolean {
    return this.#receivers.has(name) || nodeOf(name) !== this.#cluster.node;
  }

  /** Hands a reply over, or sends it on. False when nobody is there any more, or the node isn't. */
  deliver(reply: DirectReply): boolean | Promise<boolean> {
    const receive = this.#receivers.get(reply.routingKey);
    receive?.(reply);
    if (receive !== undefined) return true;
    const node = nodeOf(reply.routingKey);
    return node === this.#cluster.node ? false : this.#cluster.sendReply(node, reply);
  }
}

function nodeOf(name: string): string {
  return name.slice(prefix.length).split(".")[0] ?? "";
}
