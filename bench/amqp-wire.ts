/** Throughput of the AMQP codec alone, in one process and without sockets: `npx tsx bench/amqp-wire.ts`. */

import { ContentAssembler } from "@/lib/amqp/wire/content-assembler";
import { FrameOutput } from "@/lib/amqp/wire/frame-output";
import { FrameParser } from "@/lib/amqp/wire/frame-parser";
import { giveBack } from "@/lib/amqp/wire/slabs";
import { decodeProperties, encodeProperties } from "@/lib/broker/properties/properties";

const rounds = 300;
const perRound = 1000;
const chunkSize = 65536;

function measure(name: string, round: () => void): void {
  for (let i = 0; i < 50; i++) round();
  const start = process.hrtime.bigint();
  for (let i = 0; i < rounds; i++) round();
  const nanoseconds = Number(process.hrtime.bigint() - start);
  const each = nanoseconds / (rounds * perRound);
  console.log(
    `${name.padEnd(48)} ${each.toFixed(0).padStart(7)} ns each ${(1e9 / each / 1000).toFixed(0).padStart(7)} k/s`,
  );
}

const plain = encodeProperties({ contentType: "application/json", deliveryMode: 2, messageId: "0123456789abcdef" });
const withHeaders = encodeProperties({
  contentType: "application/json",
  deliveryMode: 2,
  headers: new Map([
    ["x-event", { t: "S", v: "order.placed" }],
    ["x-attempt", { t: "I", v: 1 }],
  ]),
});

function publishes(properties: Buffer, size: number): Buffer[] {
  const out = new FrameOutput();
  const body = Buffer.alloc(size, "x");
  const args = { exchange: "orders", routingKey: "order.placed", mandatory: false, immediate: false };
  for (let i = 0; i < perRound; i++) out.content(1, "basic.publish", args, properties, body, 131072);
  const bytes = Buffer.concat(out.take().chunks);
  return Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, i) =>
    bytes.subarray(i * chunkSize, (i + 1) * chunkSize),
  );
}

function parse(chunks: readonly Buffer[], handle: (properties: Buffer) => void): void {
  const assembler = new ContentAssembler(
    { method: () => {}, content: (_, { properties }) => handle(properties) },
    1 << 27,
  );
  const parser = new FrameParser({
    frameMax: 131072,
    expectHeader: false,
    onFrame: (type, _channel, buffer, start, end) => assembler.frame(type, buffer, start, end),
  });
  for (const chunk of chunks) parser.push(chunk);
}

for (const size of [16, 1024, 65536]) {
  const chunks = publishes(plain, size);
  measure(`read publish, ${size} B`, () => parse(chunks, () => {}));
}
const small = publishes(plain, 1024);
measure("read publish and its properties, 1024 B", () => parse(small, decodeProperties));
const headed = publishes(withHeaders, 1024);
measure("read publish and its headers, 1024 B", () => parse(headed, decodeProperties));

const acks = new FrameOutput();
for (let i = 0; i < perRound; i++) acks.method(1, "basic.ack", { deliveryTag: i, multiple: false });
const ackChunks = acks.take().chunks;
measure("read ack", () => parse(ackChunks, () => {}));

const out = new FrameOutput();
for (const size of [16, 1024, 65536]) {
  const body = Buffer.alloc(size, "x");
  measure(`write delivery, ${size} B`, () => {
    for (let tag = 0; tag < perRound; tag++) {
      const args = {
        consumerTag: "ctag1.0",
        deliveryTag: tag,
        redelivered: false,
        exchange: "orders",
        routingKey: "order.placed",
      };
      out.content(1, "basic.deliver", args, plain, body, 131072);
      if (tag % 50 === 49) giveBack(out.take().slabs);
    }
  });
}
measure("write ack", () => {
  for (let tag = 0; tag < perRound; tag++) out.method(1, "basic.ack", { deliveryTag: tag, multiple: false });
  giveBack(out.take().slabs);
});
