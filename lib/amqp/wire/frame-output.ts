import { basicClass, frameEnd, frameHeadSize, frameOverhead, frameType } from "@/lib/amqp/wire/constants";
import { encodeMethod } from "@/lib/amqp/wire/method-codec";
import type { Arguments, ContentMethodName, MethodName } from "@/lib/amqp/wire/methods";
import { Slabs, slabSize } from "@/lib/amqp/wire/slabs";
import { ByteWriter } from "@/lib/broker/properties/byte-writer";

/** Bodies up to this size are copied between their frames' heads: cheaper than one more buffer for the socket. */
const copiedBody = 4096;
/** What is written without a pause is handed on before it outgrows its slab, and would be copied to a larger one. */
const mostTogether = slabSize - copiedBody - frameOverhead;

/**
 * Gathers the frames that are to be sent, for one write per turn of the event loop. Large bodies are passed on as
 * views of what was given; everything else is written one after the other into slabs.
 */
export class FrameOutput {
  readonly #slabs = new Slabs();
  readonly #writer = new ByteWriter(slabSize, this.#slabs);
  #chunks: Buffer[] = [];
  #chunkBytes = 0;

  /** Bytes gathered since the last `take`. */
  get size(): number {
    return this.#chunkBytes + this.#writer.length;
  }

  /** Appends a method frame. Throws InvalidPropertyError, and then leaves no trace, for what the wire can't carry. */
  method<N extends MethodName>(channel: number, name: N, args: Arguments<N>): void {
    const out = this.#writer;
    const before = out.length;
    const at = this.#open(frameType.method, channel);
    try {
      encodeMethod(out, name, args);
    } catch (error) {
      out.truncate(before);
      throw error;
    }
    this.#close(at);
  }

  /**
   * Appends a method with its content: header frame, then as many body frames as `frameMax` asks for.
   * @param properties as `encodeProperties` gives them
   * @param frameMax largest frame that the peer takes, overhead included; 0 for no limit
   */
  content<N extends ContentMethodName>(
    channel: number,
    name: N,
    args: Arguments<N>,
    properties: Uint8Array,
    body: Uint8Array,
    frameMax: number,
  ): void {
    this.method(channel, name, args);
    const out = this.#writer;
    const at = this.#open(frameType.header, channel);
    out.short(basicClass);
    out.short(0);
    out.longlong(body.length, "body size");
    out.bytes(properties);
    this.#close(at);
    const most = frameMax === 0 ? body.length : frameMax - frameOverhead;
    for (let from = 0; from < body.length; from += most) {
      this.#body(channel, body, from, Math.min(body.length, from + most));
    }
  }

  heartbeat(): void {
    this.#close(this.#open(frameType.heartbeat, 0));
  }

  /** Bytes that are no frame: the protocol header. */
  raw(bytes: Uint8Array): void {
    this.#writer.bytes(bytes);
  }

  /** Hands over everything gathered, in order, and the memory that `giveBack` may have when all of it has been sent. */
  take(): { readonly chunks: readonly Buffer[]; readonly slabs: readonly Buffer[] } {
    this.#closeChunk();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    return { chunks, slabs: this.#slabs.takeSpent() };
  }

  #body(channel: number, body: Uint8Array, from: number, to: number): void {
    const out = this.#writer;
    out.octet(frameType.body);
    out.short(channel);
    out.long(to - from);
    if (to - from <= copiedBody) {
      if (out.length > mostTogether) this.#closeChunk();
      out.bytes(from === 0 && to === body.length ? body : body.subarray(from, to));
    } else {
      this.#closeChunk();
      this.#push(Buffer.from(body.buffer, body.byteOffset + from, to - from));
    }
    out.octet(frameEnd);
  }

  #open(type: number, channel: number): number {
    const at = this.#writer.length;
    this.#writer.octet(type);
    this.#writer.short(channel);
    this.#writer.long(0);
    return at;
  }

  #close(at: number): void {
    this.#writer.patchLong(at + 3, this.#writer.length - at - frameHeadSize);
    this.#writer.octet(frameEnd);
  }

  #closeChunk(): void {
    if (this.#writer.length > 0) this.#push(this.#writer.take());
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
  }
}
