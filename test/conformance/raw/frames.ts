import { acts, type RawScenario, text } from "@/test/conformance/raw/scenario";

export const frameScenarios: Readonly<Record<string, RawScenario>> = {
  "frames that are none": acts({
    "unknown type": (peer) => peer.frame(9, 1, Buffer.alloc(0)),
    "type 0": (peer) => peer.frame(0, 1, Buffer.alloc(0)),
    "heartbeat on a channel": (peer) => peer.frame(8, 1, Buffer.alloc(0)),
    "heartbeat with a payload": (peer) => peer.frame(8, 0, Buffer.from("x")),
    heartbeat: (peer) => peer.frame(8, 0, Buffer.alloc(0)),
    "method without its end": (peer) => peer.frame(1, 1, Buffer.from("003c006e01", "hex"), 0),
    "body without its end": (peer) => peer.frame(3, 1, Buffer.from("abc"), 0xff),
    "larger than frame_max": (peer) => peer.frame(3, 1, Buffer.alloc(131_073)),
  }),

  "content out of order": acts({
    "a header first": (peer) => peer.header(1, 1),
    "a body first": (peer) => peer.frame(3, 1, text),
    "a body before its header": (peer) => {
      peer.send(1, "basic.publish");
      peer.frame(3, 1, text);
    },
    "a header of another class": (peer) => {
      peer.send(1, "basic.publish");
      peer.header(1, 4, undefined, 50);
    },
    "two headers": (peer) => {
      peer.send(1, "basic.publish");
      peer.header(1, 4);
      peer.header(1, 4);
    },
    "a method instead of a header": (peer) => {
      peer.send(1, "basic.publish");
      peer.send(1, "basic.get", { queue: "some" });
    },
    "a method instead of a body": (peer) => {
      peer.send(1, "basic.publish");
      peer.header(1, 4);
      peer.send(1, "basic.get", { queue: "some" });
    },
    "two methods with content": (peer) => {
      peer.send(1, "basic.publish");
      peer.send(1, "basic.publish");
    },
    "a body after the last": (peer) => {
      peer.publish(1, text);
      peer.frame(3, 1, text);
    },
    "an empty body, all the same a body frame": (peer) => {
      peer.send(1, "basic.publish");
      peer.header(1, 0);
      peer.frame(3, 1, Buffer.alloc(0));
    },
  }),

  "content in pieces": acts({
    "no body": (peer) => {
      peer.send(1, "queue.declare", { queue: "pieces.none" });
      peer.publish(1, Buffer.alloc(0), { routingKey: "pieces.none" });
      peer.send(1, "basic.get", { queue: "pieces.none" });
    },
    "empty body frames between": (peer) => {
      peer.send(1, "queue.declare", { queue: "pieces.empty" });
      peer.send(1, "basic.publish", { routingKey: "pieces.empty" });
      peer.header(1, 4);
      for (const piece of ["", "te", "", "x", "", "t"]) peer.frame(3, 1, Buffer.from(piece));
      peer.send(1, "basic.get", { queue: "pieces.empty" });
    },
    "another channel's frames between": async (peer) => {
      await peer.client.openChannel(2);
      peer.send(1, "queue.declare", { queue: "pieces.mixed" });
      peer.send(1, "basic.publish", { routingKey: "pieces.mixed" });
      peer.send(2, "queue.declare", { queue: "pieces.other" });
      peer.header(1, 4);
      peer.frame(8, 0, Buffer.alloc(0));
      peer.frame(3, 1, Buffer.from("te"));
      await peer.next(2);
      peer.frame(3, 1, Buffer.from("xt"));
      peer.send(1, "basic.get", { queue: "pieces.mixed" });
    },
    "announced, and never whole": async (peer) => {
      peer.send(1, "basic.publish");
      peer.header(1, 1_000_000);
      peer.frame(3, 1, text);
      peer.send(0, "connection.close");
    },
  }),

  "methods that can't be read": acts({
    "no ids": (peer) => peer.frame(1, 1, Buffer.alloc(0)),
    "half an id": (peer) => peer.frame(1, 1, Buffer.from("003c", "hex")),
    "arguments cut off": (peer) => peer.wrongLength(1, "basic.get", -1, { queue: "some" }),
    "arguments that go on": (peer) => peer.wrongLength(1, "basic.get", 1, { queue: "some" }),
    "a text longer than the frame": (peer) => peer.frame(1, 1, Buffer.from("003c00460000ff6162", "hex")),
    "an unknown type of field": (peer) => {
      peer.frame(1, 1, Buffer.from("0032000a00000000000000000501615a0000", "hex"));
    },
  }),

  "large bodies in small frames, to several queues": async (bench) => {
    const peer = bench.peer();
    await peer.ready({ frameMax: 4096 });
    for (const queue of ["small.a", "small.b"]) {
      peer.send(1, "queue.declare", { queue });
      peer.send(1, "queue.bind", { queue, exchange: "amq.fanout" });
      await peer.next(2);
    }
    const body = Buffer.from(Array.from({ length: 30_000 }, (_, at) => at % 251));
    peer.send(1, "basic.publish", { exchange: "amq.fanout" });
    peer.header(1, body.length);
    for (let at = 0; at < body.length; at += 4088) peer.frame(3, 1, body.subarray(at, at + 4088));
    const seen = [];
    for (const queue of ["small.a", "small.b"]) {
      peer.send(1, "basic.get", { queue });
      seen.push(await peer.next(2));
      const pieces = [];
      for (let missing = body.length; missing > 0; ) {
        const { payload } = await peer.client.next();
        pieces.push(Buffer.from(payload));
        missing -= payload.length;
      }
      seen.push(
        pieces.map((piece) => piece.length),
        Buffer.concat(pieces).equals(body),
      );
      peer.send(1, "queue.delete", { queue });
      await peer.next(1);
    }
    return seen;
  },
};
