import type { Actor } from "@/lib/broker/actor";
import type { MessageRef } from "@/lib/broker/message";
import type { MessageProperties } from "@/lib/broker/properties/properties";

/** What a message becomes. */
export interface EditedMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly body: Uint8Array;
}

/** What became of an edit, after commit. */
export interface EditOutcome {
  /** Of the new message. */
  readonly messageId: number;
  readonly queues: readonly string[];
  /** The batch of the trash that has the original. */
  readonly trash: string;
  /** Of the original. */
  readonly editedFrom: number;
}

/** One message that became another. */
export interface Edit {
  readonly at: Date;
  readonly by: string;
  readonly fromMessageId: number;
  readonly toMessageId: number;
  /** Where the original lay. */
  readonly queue: string;
  readonly trash: string;
  /** As it lay there. The body is null when the message is no longer retained. */
  readonly original: {
    readonly exchange: string;
    readonly routingKey: string;
    readonly properties: MessageProperties;
    readonly body: Uint8Array | null;
  };
}

export interface Lineage {
  /** The edit that made this message; null when it was published. */
  readonly editedFrom: Edit | null;
  /** What it became. */
  readonly editedTo: readonly Edit[];
}

/** The part of the contract that is about editing messages that wait. */
export interface Edits {
  /**
   * Stores a new message exactly when the original is gone from its queue; the original goes into the trash. The new one
   * has a header `x-edited-from`. `conflict` when the original is not there any more, or a consumer holds it; the detail
   * says what happened. `precondition-failed` when no queue takes the new one; `not-found` for the queue or exchange.
   */
  edit(actor: Actor, ref: MessageRef, message: EditedMessage): Promise<EditOutcome>;
  /** Which message became which. @param messageId Warren's own number of a message */
  lineage(actor: Actor, vhost: string, messageId: number): Promise<Lineage>;
}
