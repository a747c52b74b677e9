import type { Actor } from "@/lib/broker/actor";
import type { Given } from "@/lib/broker/broker";
import type { InHandReceipt, PublishOutcome } from "@/lib/broker/requests";
import { messageTtl } from "@/lib/broker/rules/queue-arguments";
import { holderOf } from "@/lib/engine/lease/hold";
import type { Hold } from "@/lib/engine/lease/receipt";
import type { StandingTaker } from "@/lib/engine/lease/standing-takers";
import type { Outgoing } from "@/lib/engine/publish/outgoing";
import type { Routed } from "@/lib/engine/publish/store";
import { StraightMessage } from "@/lib/engine/publish/straight-message";
import type { QueueRecord } from "@/lib/engine/topology/records";

/** `over`: acknowledged before it was stored, or its queue went, or it could not be stored. */
type State = "given" | "storing" | "stored" | "over";

/** What somebody is given of such a message. */
class GivenMessage extends StraightMessage {
  readonly #receipt: InHandMessage;

  constructor(message: Outgoing, receipt: InHandMessage) {
    super(message);
    this.#receipt = receipt;
  }

  override get receipt(): InHandMessage {
    return this.#receipt;
  }

  override get id(): number {
    return this.#receipt.id;
  }
}

/**
 * A message that somebody was given before it was stored, which is at the same time his receipt. Its body is not kept for
 * longer than until it is stored or over: it may take hours to be acknowledged.
 */
export class InHandMessage implements InHandReceipt {
  readonly taker: StandingTaker;
  readonly queue: QueueRecord;
  /** How large its body is. */
  readonly bytes: number;
  /** By performance.now(), as all times here. */
  readonly givenAt: number;
  readonly outcome: Promise<PublishOutcome>;
  state: State = "given";
  /** Under what it is held once it is stored; undefined if it isn't. */
  hold: Hold | undefined;
  /** Until it is stored or over. */
  #routed: Routed | undefined;
  readonly #acknowledge: (message: InHandMessage, by: string) => boolean;
  #resolve!: (outcome: PublishOutcome) => void;
  #reject!: (error: unknown) => void;
  #waiters: (() => void)[] = [];
  #isTimed = false;

  /** @param acknowledge see `InHandReceipt`; `by` is whom the history is to name */
  constructor(
    { routed, queue, taker, now }: { routed: Routed; queue: QueueRecord; taker: StandingTaker; now: number },
    acknowledge: (message: InHandMessage, by: string) => boolean,
  ) {
    this.bytes = routed.message.body.length;
    this.#acknowledge = acknowledge;
    this.#routed = routed;
    this.queue = queue;
    this.taker = taker;
    this.givenAt = now;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get id(): number {
    return this.hold?.seq ?? 0;
  }

  /** To be given away. Only while it is neither stored nor over. */
  get given(): Given {
    return new GivenMessage(this.routed.message, this);
  }

  /** It is acknowledged: the first time counts. */
  took(now: number): void {
    if (!this.#isTimed) this.taker.acknowledgements.took(now - this.givenAt);
    this.#isTimed = true;
  }

  acknowledge(actor: Actor): boolean {
    return this.#acknowledge(this, holderOf(actor));
  }

  get isOpen(): boolean {
    return this.state === "given" || this.state === "storing";
  }

  /** Only while it is neither stored nor over. */
  get routed(): Routed {
    if (!this.#routed) throw new Error("the message is stored, or over");
    return this.#routed;
  }

  /** What is left of its time to live, in ms; null for one that lives for ever. */
  ttlMs(now: number): number | null {
    const ttl = messageTtl(this.queue.limits, this.routed.message.expirationMs);
    return ttl === null ? null : Math.max(0, Math.round(ttl - (now - this.givenAt)));
  }

  isStored(hold: Hold | undefined, outcome: PublishOutcome): void {
    this.hold = hold;
    this.#end(hold ? "stored" : "over");
    this.#resolve(outcome);
  }

  isOver(outcome: PublishOutcome): void {
    this.#end("over");
    this.#resolve(outcome);
  }

  failed(error: unknown): void {
    this.#end("over");
    this.#reject(error);
  }

  /** Resolves when it is stored or over. */
  ended(): Promise<void> {
    return this.isOpen ? new Promise((resolve) => this.#waiters.push(resolve)) : Promise.resolve();
  }

  #end(state: State): void {
    this.state = state;
    this.#routed = undefined;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
