/** What a handler answers with. */
export interface Reply {
  readonly status: number;
  /** JSON, or bytes as they are, or nothing. */
  readonly content:
    | { readonly kind: "json"; readonly value: unknown }
    | { readonly kind: "bytes"; readonly bytes: Uint8Array }
    | { readonly kind: "stream"; readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> }
    | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** 200 with a value as JSON. */
export function ok(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, content: { kind: "json", value }, headers };
}

/** 201, and where the new thing is to be found. */
export function created(location?: string, value?: unknown): Reply {
  return {
    status: 201,
    content: value === undefined ? null : { kind: "json", value },
    headers: location === undefined ? {} : { location },
  };
}

/** 204. */
export function noContent(headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 204, content: null, headers };
}

/** RabbitMQ's answer to PUT: 201 if it is new, 204 if it was there. */
export function createdOrNot(isNew: boolean): Reply {
  return isNew ? created() : noContent();
}

/** Bytes to be saved as a file. A browser neither shows nor guesses what they are, so they can't run as a page. */
export function download(bytes: Uint8Array, fileName: string): Reply {
  const ascii = fileName.replace(/[^\w.-]/g, "_");
  return {
    status: 200,
    content: { kind: "bytes", bytes },
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${ascii}"`,
      "content-security-policy": "sandbox; default-src 'none'",
    },
  };
}

/** 200 with bytes that come as they are made. */
export function stream(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): Reply {
  return {
    status: 200,
    content: { kind: "stream", stream: bytes },
    headers: { ...headers, "content-type": contentType },
  };
}

/** The Response that a reply stands for. */
export function toResponse(reply: Reply): Response {
  const headers = new Headers({ "cache-control": "no-store", "x-content-type-options": "nosniff", ...reply.headers });
  const { content } = reply;
  if (content === null) return new Response(null, { status: reply.status, headers });
  if (content.kind === "bytes") {
    return new Response(content.bytes as Uint8Array<ArrayBuffer>, { status: reply.status, headers });
  }
  if (content.kind === "stream") return new Response(content.stream, { status: reply.status, headers });
  headers.set("content-type", "application/json; charset=utf-8");
  return new Response(JSON.stringify(content.value), { status: reply.status, headers });
}
