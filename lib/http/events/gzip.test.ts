import { expect, test } from "vitest";
import { gzipped, takesGzip } from "@/lib/http/events/gzip";

test.each([
  ["gzip, deflate, br", true],
  ["br;q=1, GZIP;q=0.5", true],
  ["*", true],
  ["gzip;q=0, *", false],
  ["br", false],
  ["", false],
  [null, false],
])("a client with accept-encoding %s takes gzip: %s", (header, takes) => {
  expect(takesGzip(header)).toBe(takes);
});

const bytes = (text: string) => new TextEncoder().encode(text);

test("what is written can be read at once, before the stream ends", async () => {
  let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (given) => {
      controller = given;
    },
  });
  const reader = gzipped(source).pipeThrough(new DecompressionStream("gzip")).getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  controller?.enqueue(bytes("event: one\n\n"));
  expect(await read()).toBe("event: one\n\n");
  controller?.enqueue(bytes("event: two\n\n"));
  expect(await read()).toBe("event: two\n\n");
  controller?.close();
  expect((await reader.read()).done).toBe(true);
});

test("who reads nothing gets no more than fits on the way, and who leaves ends the source", async () => {
  let pulled = 0;
  let left = false;
  const next = () => Uint8Array.from({ length: 65_536 }, () => Math.floor(Math.random() * 256));
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(next());
    },
    cancel: () => {
      left = true;
    },
  });
  const reader = gzipped(source).getReader();
  await reader.read();
  // As long as anything is still on its way, each turn of the event loop brings it on.
  for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(pulled).toBeLessThan(20);
  await reader.cancel();
  await expect.poll(() => left).toBe(true);
});
