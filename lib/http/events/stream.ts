import type { Batch } from "@/lib/http/events/batch";
import type { EventHub, Listener } from "@/lib/http/events/hub";
import { block, type Sight, Subscription } from "@/lib/http/events/subscription";

/** A sign of life at least so often, in ms: proxies close what is silent for a minute, some for half of one. */
const BEAT_MS = 10_000;
/** Whether the client is still logged in, and what it may see, is asked so often, in ms. */
const RECHECK_MS = 30_000;
/** A client that has read nothing for so long, in ms, is let go: it comes back and goes on where it was. */
const STALLED_MS = 60_000;
/** How long a client waits before it comes back, in ms. */
const RETRY_MS = 2_000;

export interface StreamOptions {
  readonly hub: EventHub;
  /** The last position that the client has, of this or another process; null when it has none. */
  readonly position: string | null;
  readonly sight: Sight;
  /** What the client may see by now; null when it is no longer logged in. May throw while the database is away. */
  readonly recheck: () => Promise<Sight | null>;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * The event stream of one client, beginning with what it missed. It is filled only as fast as the client reads, so
 * that a slow or silent one keeps no more here than its subscription does. Throws what the broker throws.
 */
export async function openEventStream(options: StreamOptions): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const client = new StreamClient(options);
  // Listening begins before looking back, so that nothing falls between the two.
  const stopListening = options.hub.listen(client);
  try {
    return client.begin(await options.hub.since(options.position), stopListening);
  } catch (error) {
    stopListening();
    throw error;
  }
}

class StreamClient implements Listener {
  readonly #subscription: Subscription;
  readonly #recheck: StreamOptions["recheck"];
  readonly #signal: AbortSignal;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #stopListening = () => {};
  #beats: NodeJS.Timeout | undefined;
  #recheckedAt = Date.now();
  #readAt = Date.now();
  #away = false;

  constructor({ sight, recheck, signal }: StreamOptions) {
    this.#subscription = new Subscription(sight);
    this.#recheck = recheck;
    this.#signal = signal;
  }

  begin(missed: Batch, stopListening: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#stopListening = stopListening;
    this.#subscription.add(missed);
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controller = controller;
        this.#send(`retry: ${RETRY_MS}\n\n${block("hello", JSON.stringify({ complete: missed.complete }))}`);
        this.#beats = setInterval(() => void this.#beat(), BEAT_MS);
        if (this.#signal.aborted) this.#end();
        else this.#signal.addEventListener("abort", () => this.#end(), { once: true });
      },
      pull: () => {
        this.#readAt = Date.now();
        this.#pump();
      },
      cancel: () => this.#end(),
    });
  }

  changed(batch: Batch): void {
    this.#subscription.add(batch);
    this.#setAway(false);
    this.#pump();
  }

  unavailable(): void {
    this.#setAway(true);
  }

  /** Told at once, since numbers that stand still look like a broker at rest. */
  #setAway(away: boolean): void {
    if (this.#away === away) return;
    this.#away = away;
    if (this.#hasRoom()) this.#send(block(away ? "away" : "back", "{}"));
  }

  #pump(): void {
    while (this.#hasRoom()) {
      const piece = this.#subscription.take();
      if (piece === null) return;
      this.#send(piece);
    }
  }

  async #beat(): Promise<void> {
    if (this.#hasRoom()) {
      this.#readAt = Date.now();
      this.#send(this.#away ? ": the database is away\n\n" : this.#subscription.beat());
    } else if (Date.now() - this.#readAt > STALLED_MS) {
      return this.#end(new Error("The client has stopped reading."));
    }
    if (Date.now() - this.#recheckedAt < RECHECK_MS) return;
    this.#recheckedAt = Date.now();
    // While the database is away, whoever was logged in stays so.
    const sight = await this.#recheck().catch(() => undefined);
    if (sight === null) this.#end();
    else if (sight !== undefined) this.#subscription.sight = sight;
  }

  #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #send(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #end(error?: Error): void {
    const controller = this.#controller;
    if (controller === null) return;
    this.#controller = null;
    clearInterval(this.#beats);
    this.#stopListening();
    if (error !== undefined) controller.error(error);
    else closeQuietly(controller);
  }
}

function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
  try {
    controller.close();
  } catch {
    // Whoever read it has closed it.
  }
}
