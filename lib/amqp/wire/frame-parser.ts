import {
  frameEnd,
  frameHeadSize,
  frameMinSize,
  frameOverhead,
  frameType,
  protocolHeader,
} from "@/lib/amqp/wire/constants";
import { AmqpError } from "@/lib/amqp/wire/errors";

/** Told of each whole frame. The payload lies in `buffer` from `start` to `end`, and stays valid afterwards. */
export type FrameHandler = (type: number, channel: number, buffer: Buffer, start: number, end: number) => void;

/** The peer does not speak AMQP 0-9-1: answer with `protocolHeader` and close (section 4.2.2). */
export class ProtocolMismatchError extends Error {
  override readonly name = "ProtocolMismatchError";
}

export interface FrameParserOptions {
  /** Largest frame, as negotiated. */
  readonly frameMax: number;
  /** Wait for the protocol header first: true for a server, false for a client. */
  readonly expectHeader: boolean;
  readonly onHeader?: () => void;
  readonly onFrame: FrameHandler;
}

/**
 * Splits a byte stream into frames, however TCP has cut it. Frames that lie within one chunk are read where they are;
 * only one that straddles chunks is copied, once. A peer can make it hold no more than one frame.
 */
export class FrameParser {
  readonly #onFrame: FrameHandler;
  readonly #onHeader: (() => void) | undefined;
  #frameMax: number;
  #expectHeader: boolean;
  /** The beginning of a frame, or of the protocol header, that the next chunk goes on with. */
  #pending: Buffer | undefined;
  #pendingLength = 0;

  constructor({ frameMax, expectHeader, onHeader, onFrame }: FrameParserOptions) {
    this.#frameMax = Math.max(frameMax, frameMinSize);
    this.#expectHeader = expectHeader;
    this.#onHeader = onHeader;
    this.#onFrame = onFrame;
  }

  /** Changes the largest frame allowed, from the next frame on. */
  set frameMax(frameMax: number) {
    this.#frameMax = Math.max(frameMax, frameMinSize);
  }

  /**
   * Takes the next bytes off the wire and hands out what is whole. The chunk must not be changed afterwards. Throws
   * ProtocolMismatchError, or AmqpError 501; the stream can't be read on from there. What the handler throws passes
   * through, and the rest of the chunk is lost.
   */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#pending !== undefined) {
        at = this.#fillPending(this.#pending, chunk, at);
        continue;
      }
      const size = this.#sizeAt(chunk, at, chunk.length);
      if (size <= chunk.length - at) {
        this.#take(chunk, at, size);
        at += size;
        continue;
      }
      this.#pending = Buffer.allocUnsafeSlow(size);
      this.#pendingLength = chunk.copy(this.#pending, 0, at);
      return;
    }
  }

  #fillPending(pending: Buffer, chunk: Buffer, at: number): number {
    const copied = chunk.copy(pending, this.#pendingLength, at);
    this.#pendingLength += copied;
    if (this.#pendingLength < pending.length) {
      if (this.#expectHeader) this.#sizeAt(pending, 0, this.#pendingLength);
      return at + copied;
    }
    const size = this.#sizeAt(pending, 0, pending.length);
    if (size > pending.length) {
      // It was only the head, which has told how long the frame is.
      this.#pending = Buffer.allocUnsafeSlow(size);
      pending.copy(this.#pending);
      return at + copied;
    }
    this.#pending = undefined;
    this.#take(pending, 0, size);
    return at + copied;
  }

  /** Size in bytes of the frame (or protocol header) that begins at `at`; just its head's while that isn't whole. */
  #sizeAt(buffer: Buffer, at: number, end: number): number {
    if (this.#expectHeader) {
      for (let i = 0; i < protocolHeader.length && at + i < end; i++) {
        if (buffer[at + i] !== protocolHeader[i]) throw new ProtocolMismatchError("not AMQP 0-9-1");
      }
      return protocolHeader.length;
    }
    if (end - at < frameHeadSize) return frameHeadSize;
    const type = buffer[at] as number;
    const payload = buffer.readUInt32BE(at + 3);
    // Some clients forget the overhead; RabbitMQ lets them, so the payload alone is compared.
    if (payload > this.#frameMax) {
      const channel = buffer.readUInt16BE(at + 1);
      throw new AmqpError(
        "FRAME_ERROR",
        `type ${type}, channel ${channel}: frame with a payload of ${payload} octets, frame_max is ${this.#frameMax}`,
      );
    }
    return payload + frameOverhead;
  }

  #take(buffer: Buffer, at: number, size: number): void {
    if (this.#expectHeader) {
      this.#expectHeader = false;
      this.#onHeader?.();
      return;
    }
    const last = at + size - 1;
    if (buffer[last] !== frameEnd) {
      throw new AmqpError("FRAME_ERROR", `frame ends with octet ${buffer[last]} instead of ${frameEnd}`);
    }
    const type = buffer[at] as number;
    if (
      type !== frameType.method &&
      type !== frameType.header &&
      type !== frameType.body &&
      type !== frameType.heartbeat
    ) {
      throw new AmqpError("FRAME_ERROR", `unknown frame type ${type}`);
    }
    if (type === frameType.heartbeat && size > frameOverhead) {
      throw new AmqpError("FRAME_ERROR", "heartbeat with a payload");
    }
    this.#onFrame(type, buffer.readUInt16BE(at + 1), buffer, at + frameHeadSize, last);
  }
}
