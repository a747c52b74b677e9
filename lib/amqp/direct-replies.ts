import { randomBytes } from "node:crypto";
import type { MessageProperties } from "@/lib/broker/properties/properties";

/** The queue that a client consumes from, and names in `reply_to`, for direct replies. */
export const directReplyQueue = "amq.rabbitmq.reply-to";

const prefix = `${directReplyQueue}.`;

export interface Reply {
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly body: Buffer;
}

/**
 * Direct reply-to (rabbitmq.com/direct-reply-to): answers go straight to the channel that asked, past all queues. They
 * are not stored, and one for somebody who has gone is dropped.
 */
export class DirectReplies {
  readonly #receivers = new Map<string, (reply: Reply) => void>();

  /** A name to give as `reply_to` that can't be guessed. */
  open(receive: (reply: Reply) => void): string {
    const name = prefix + randomBytes(18).toString("base64url");
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

  /** Whether the one who asked is still there. */
  isOpen(routingKey: string): boolean {
    return this.#receivers.has(routingKey);
  }

  /** Returns false when nobody is there any more. */
  deliver(reply: Reply): boolean {
    const receive = this.#receivers.get(reply.routingKey);
    receive?.(reply);
    return receive !== undefined;
  }
}
