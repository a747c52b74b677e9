import { BrokerError } from "@/lib/broker/errors";

/** This process among the nodes. The heartbeat enters it; leases are bound to it. */
export class NodeSelf {
  #state: "alone" | "entering" | number = "alone";
  #markEntered: () => void = () => {};
  /** Resolves when it is on the list of nodes for the first time. */
  readonly hasEntered = new Promise<void>((resolve) => {
    this.#markEntered = resolve;
  });

  /** Its number; null for a process that is no node. Throws `unavailable` until it is on the list for the first time. */
  get id(): number | null {
    if (this.#state === "alone") return null;
    if (this.#state !== "entering") return this.#state;
    throw new BrokerError("unavailable", "This node is only starting. Try again shortly.");
  }

  /** Its number as announcements write it; "" while it has none. */
  get name(): string {
    return typeof this.#state === "number" ? String(this.#state) : "";
  }

  get isEntering(): boolean {
    return this.#state === "entering";
  }

  /** From now on what it takes has to be bound to it. */
  entering(): void {
    this.#state = "entering";
  }

  entered(id: number): void {
    this.#state = id;
    this.#markEntered();
  }
}
