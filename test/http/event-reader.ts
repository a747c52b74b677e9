import type { Router } from "@/lib/http/router";

export interface ReadEvent {
  readonly event: string;
  readonly id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events as a client without types would
  readonly data: any;
}

export interface EventReader {
  readonly headers: Headers;
  /** The id to go on after: that of the last event that was read and bore one. */
  readonly lastId: () => string | null;
  /** Reads on until an event fits. */
  until(fits: (event: ReadEvent) => boolean): Promise<ReadEvent>;
  close(): Promise<void>;
}

/** Opens the event stream as guest, or as the one with this name and password, as a browser would. */
export async function readEvents(
  router: Router,
  path = "/api/events",
  lastEventId?: string,
  as = "guest:guest",
): Promise<EventReader> {
  const leave = new AbortController();
  const response = await router(
    new Request(`http://warren.test${path}`, {
      headers: {
        "x-warren-remote-address": "127.0.0.1",
        authorization: `Basic ${Buffer.from(as).toString("base64")}`,
        ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
      },
      signal: leave.signal,
    }),
  );
  if (response.status !== 200 || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let lastId: string | null = null;
  return {
    headers: response.headers,
    lastId: () => lastId,
    async until(fits) {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end === -1) {
          const { value, done } = await reader.read();
          if (done) throw new Error("the stream ended");
          text += value;
          continue;
        }
        const read = parse(text.slice(0, end));
        text = text.slice(end + 2);
        lastId = read.id ?? lastId;
        if (fits(read)) return read;
      }
    },
    close: async () => {
      await reader.cancel().catch(() => {});
      leave.abort();
    },
  };
}

function parse(block: string): ReadEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
  const data = field("data");
  return { event: field("event") ?? "", id: field("id") ?? null, data: data === undefined ? null : JSON.parse(data) };
}
