import { BodyCollector } from "@/lib/amqp/wire/body-collector";
import { basicClass, frameType } from "@/lib/amqp/wire/constants";
import { AmqpError, type MethodId } from "@/lib/amqp/wire/errors";
import { decodeMethod } from "@/lib/amqp/wire/method-codec";
import { type ContentMethodName, type Method, type MethodDefinition, methods } from "@/lib/amqp/wire/methods";

export type ContentMethod = Extract<Method, { name: ContentMethodName }>;

/** What follows a method that carries content. Both are views of the network's buffers wherever that is possible. */
export interface Content {
  /** Property flags and list, as on the wire. */
  readonly properties: Buffer;
  readonly body: Buffer;
}

export interface ContentHandler {
  method(method: Exclude<Method, ContentMethod>): void;
  content(method: ContentMethod, content: Content): void;
}

/**
 * Puts together what belongs together on one channel: a method, its content header, and body frames until the
 * announced size is reached (section 4.2.6). Throws AmqpError: 505 for a frame out of order, 501 and 502 for what
 * can't be decoded, 406 for a body larger than `maxBodySize`, as RabbitMQ does.
 */
export class ContentAssembler {
  readonly #handler: ContentHandler;
  readonly #maxBodySize: number;
  #method: ContentMethod | undefined;
  #properties: Buffer | undefined;
  #body: BodyCollector | undefined;

  /** @param maxBodySize in bytes */
  constructor(handler: ContentHandler, maxBodySize: number) {
    this.#handler = handler;
    this.#maxBodySize = maxBodySize;
  }

  /** Takes a frame of this channel: method, header or body. */
  frame(type: number, buffer: Buffer, start: number, end: number): void {
    if (type === frameType.method) this.#methodFrame(buffer, start, end);
    else if (type === frameType.header) this.#headerFrame(buffer, start, end);
    else this.#bodyFrame(buffer, start, end);
  }

  #methodFrame(buffer: Buffer, start: number, end: number): void {
    if (this.#method !== undefined) {
      throw this.#unexpected(
        this.#body === undefined
          ? `expected content header for class ${basicClass}, got non content header frame instead`
          : "expected content body, got non content body frame instead",
      );
    }
    const method = decodeMethod(buffer, start, end);
    if (carriesContent(method)) this.#method = method;
    else this.#handler.method(method);
  }

  #headerFrame(buffer: Buffer, start: number, end: number): void {
    const about = this.#method && idOf(this.#method.name);
    if (this.#method === undefined) {
      throw this.#unexpected("expected method frame, got non method frame instead");
    }
    if (this.#body !== undefined) throw this.#unexpected("expected content body, got non content body frame instead");
    // Class, weight, body size, and at least the property flags.
    if (end - start < 14) throw new AmqpError("FRAME_ERROR", "a content header too short", about);
    const classId = buffer.readUInt16BE(start);
    if (classId !== basicClass) {
      throw this.#unexpected(`expected content header for class ${basicClass}, got one for class ${classId} instead`);
    }
    const size = buffer.readUInt32BE(start + 4) * 0x100000000 + buffer.readUInt32BE(start + 8);
    if (size > this.#maxBodySize) {
      throw new AmqpError(
        "PRECONDITION_FAILED",
        `message size ${size} is larger than max size ${this.#maxBodySize}`,
        about,
      );
    }
    this.#properties = buffer.subarray(start + 12, end);
    this.#body = new BodyCollector(size);
    if (size === 0) this.#complete();
  }

  #bodyFrame(buffer: Buffer, start: number, end: number): void {
    const body = this.#body;
    if (body === undefined) {
      throw this.#unexpected(
        this.#method === undefined
          ? "expected method frame, got non method frame instead"
          : `expected content header for class ${basicClass}, got non content header frame instead`,
      );
    }
    if (end - start > body.missing) {
      throw new AmqpError("FRAME_ERROR", "content body is larger than its header announced", idOf("basic.publish"));
    }
    body.add(buffer.subarray(start, end));
    if (body.missing === 0) this.#complete();
  }

  #complete(): void {
    const method = this.#method as ContentMethod;
    const content = { properties: this.#properties as Buffer, body: (this.#body as BodyCollector).bytes() };
    this.#method = undefined;
    this.#properties = undefined;
    this.#body = undefined;
    this.#handler.content(method, content);
  }

  #unexpected(text: string): AmqpError {
    return new AmqpError("UNEXPECTED_FRAME", text, this.#method && idOf(this.#method.name));
  }
}

/** Class and method ids of a method, for error replies. */
export function idOf(name: Method["name"]): MethodId {
  const [classId, methodId] = methods[name].id;
  return { classId, methodId };
}

function carriesContent(method: Method): method is ContentMethod {
  return (methods[method.name] as MethodDefinition).content === true;
}
