import type { Socket } from "node:net";
import { FrameOutput } from "@/lib/amqp/wire/frame-output";
import { giveBack } from "@/lib/amqp/wire/slabs";

/** What is to be sent on one socket: everything of one turn of the event loop goes out together. */
export class Outbox {
  readonly frames = new FrameOutput();
  readonly #socket: Socket;
  readonly #onSent: () => void;
  #flushIsDue = false;

  /** @param onSent told whenever bytes are handed to the socket */
  constructor(socket: Socket, onSent: () => void) {
    this.#socket = socket;
    this.#onSent = onSent;
  }

  /** Bytes that the peer has not taken yet. */
  get backlog(): number {
    return this.frames.size + this.#socket.writableLength;
  }

  flushSoon(): void {
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.#flushIsDue = false;
    const { chunks, slabs } = this.frames.take();
    if (chunks.length === 0 || !this.#socket.writable) return;
    this.#onSent();
    this.#socket.cork();
    const last = chunks.length - 1;
    for (const [index, chunk] of chunks.entries()) {
      // After a failure nobody knows who still reads from them.
      const sent = index === last && slabs.length > 0 && ((error?: Error | null) => error || giveBack(slabs));
      this.#socket.write(chunk, sent || undefined);
    }
    this.#socket.uncork();
  }
}
