import type { MethodName } from "@/lib/amqp/wire/methods";
import { longString } from "@/lib/broker/properties/field-value";
import { answerTo, type RawPeer } from "@/test/conformance/raw-peer";

/** What a scenario works with: connections to one of the two brokers, ended after it. */
export interface Bench {
  readonly port: number;
  peer(): RawPeer;
}

/** Returns what was seen, to be compared. */
export type RawScenario = (bench: Bench) => Promise<unknown>;

/** Returns the channel that the question after it is asked on, when that isn't channel 1. */
type Act = (peer: RawPeer) => unknown;

/** Each act on a connection of its own with channel 1 open, and what comes of it. */
function acts(each: Readonly<Record<string, Act>>): RawScenario {
  return async (bench) => {
    const seen = Object.entries(each).map(async ([name, act]) => {
      const peer = bench.peer();
      await peer.ready();
      const channel = await act(peer);
      return [name, await peer.answers(typeof channel === "number" ? channel : 1)] as const;
    });
    return Object.fromEntries(await Promise.all(seen));
  };
}

/** Each act on a connection that has only been opened as TCP, and the first answer to it. */
function handshakes(each: Readonly<Record<string, (peer: RawPeer) => unknown>>): RawScenario {
  return async (bench) => {
    const seen = Object.entries(each).map(async ([name, act]) => {
      const peer = bench.peer();
      await act(peer);
      return [name, await peer.next(1)] as const;
    });
    return Object.fromEntries(await Promise.all(seen));
  };
}

async function untilStart(peer: RawPeer): Promise<void> {
  peer.bytes("414d515000000901");
  await peer.client.expect("connection.start");
}

async function untilTune(peer: RawPeer): Promise<{ channelMax: number; frameMax: number; heartbeat: number }> {
  await peer.client.logIn();
  return peer.client.expect("connection.tune");
}

function logIn(mechanism: string, response: string, announces: readonly string[] = []): (peer: RawPeer) => unknown {
  return async (peer) => {
    await untilStart(peer);
    const capabilities = new Map(announces.map((name) => [name, { t: "t", v: true } as const]));
    peer.send(0, "connection.start-ok", {
      mechanism,
      response: Buffer.from(response, "latin1"),
      clientProperties: new Map([["capabilities", { t: "F", v: capabilities }]]),
    });
  };
}

function tune(changed: { channelMax?: number; frameMax?: number; heartbeat?: number }): (peer: RawPeer) => unknown {
  return async (peer) => {
    const offered = await untilTune(peer);
    peer.send(0, "connection.tune-ok", { ...offered, ...changed });
    peer.send(0, "connection.open");
    if ((await peer.next(1))[0]?.includes("open-ok")) peer.send(1, "channel.open");
    else peer.send(0, "connection.close-ok");
  };
}

const text = Buffer.from("text");
const close = ["authentication_failure_close"];

export const rawScenarios: Readonly<Record<string, RawScenario>> = {
  "no AMQP 0-9-1": async ({ port }) => ({
    http: await answerTo(port, Buffer.from("GET / HTTP/1.1\r\n\r\n")),
    future: await answerTo(port, Buffer.from("AMQP\0\x01\0\0", "latin1")),
    unknown: await answerTo(port, Buffer.from("AMQP\0\0\x09\x02", "latin1")),
  }),

  "who may log in": handshakes({
    right: logIn("PLAIN", "\0guest\0guest"),
    "right, in a table": logIn("AMQPLAIN", "\x05LOGINS\0\0\0\x05guest\x08PASSWORDS\0\0\0\x05guest"),
    "wrong, told": logIn("PLAIN", "\0guest\0wrong", close),
    "wrong, not told": logIn("PLAIN", "\0guest\0wrong"),
    "in a table, wrong, told": logIn("AMQPLAIN", "\x05LOGINS\0\0\0\x05guest\x08PASSWORDS\0\0\0\x05wrong", close),
    "nobody, told": logIn("PLAIN", "\0nobody\0guest", close),
    "acting for another": logIn("PLAIN", "other\0guest\0guest"),
    "no credentials, not told": logIn("PLAIN", ""),
  }),

  "the end of the handshake": handshakes({
    "opened twice": async (peer) => {
      await peer.ready();
      peer.send(0, "connection.open");
    },
    "tuned twice": async (peer) => {
      await peer.ready();
      peer.send(0, "connection.tune-ok", { channelMax: 0, frameMax: 131072, heartbeat: 0 });
    },
    "unknown vhost": async (peer) => {
      peer.send(0, "connection.tune-ok", { ...(await untilTune(peer)), heartbeat: 0 });
      peer.send(0, "connection.open", { virtualHost: "nowhere" });
    },
    "all at once": async (peer) => {
      peer.send(0, "connection.tune-ok", { ...(await untilTune(peer)), heartbeat: 0 });
      peer.send(0, "connection.open");
      peer.send(1, "channel.open");
      await peer.next(1);
    },
  }),

  "silly tuning": handshakes({
    "frame_max 0": tune({ frameMax: 0 }),
    "frame_max 1": tune({ frameMax: 1 }),
    "frame_max 4095": tune({ frameMax: 4095 }),
    "frame_max 4096": tune({ frameMax: 4096 }),
    "frame_max above the offer": tune({ frameMax: 131073 }),
    "frame_max of all bits": tune({ frameMax: 0xffffffff }),
    "channel_max 0": tune({ channelMax: 0 }),
    "channel_max 1": tune({ channelMax: 1 }),
    "channel_max above the offer": tune({ channelMax: 65535 }),
    "heartbeat of all bits": tune({ heartbeat: 65535 }),
  }),

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

  "channel 0, and channels that are none": acts({
    "a method of a channel on 0": (peer) => peer.send(0, "basic.get", { queue: "some" }),
    "channel.open on 0": (peer) => peer.send(0, "channel.open"),
    "a header on 0": (peer) => peer.header(0, 4),
    "a body on 0": (peer) => peer.frame(3, 0, text),
    "a connection's method on a channel": (peer) => peer.send(1, "connection.close"),
    "a method": (peer) => peer.send(7, "basic.get", { queue: "some" }),
    "a publish": (peer) => {
      peer.publish(7, text);
      return 7;
    },
    "a header": (peer) => peer.header(7, 4),
    "a body": (peer) => peer.frame(3, 7, text),
    "a close": (peer) => peer.send(7, "channel.close"),
    "an answer to a close": (peer) => peer.send(7, "channel.close-ok"),
    "opened twice": (peer) => peer.send(1, "channel.open"),
  }),

  "a new secret": acts({
    "the same": (peer) =>
      peer.send(0, "connection.update-secret", { newSecret: Buffer.from("guest"), reason: "renewed" }),
    another: (peer) => peer.send(0, "connection.update-secret", { newSecret: Buffer.from("another"), reason: "" }),
  }),

  "a server's methods": acts(
    Object.fromEntries(
      (
        [
          ["connection.start-ok", 0],
          ["connection.secure-ok", 0],
          ["connection.open-ok", 0],
          ["connection.unblocked", 0],
          ["channel.open-ok", 1],
          ["exchange.declare-ok", 1],
          ["queue.bind-ok", 1],
          ["basic.get-empty", 1],
          ["basic.recover-ok", 1],
          ["confirm.select-ok", 1],
          ["tx.commit-ok", 1],
        ] as const
      ).map(([name, channel]): [MethodName, Act] => [
        name,
        (peer) => peer.send(channel, name, name === "connection.start-ok" ? { response: Buffer.alloc(0) } : {}),
      ]),
    ),
  ),

  "a channel that is closing": async (bench) => {
    const peer = bench.peer();
    await peer.ready();
    peer.send(1, "basic.ack", { deliveryTag: 9 });
    const closed = await peer.next(1);
    // Whatever comes before close-ok means nothing.
    peer.publish(1, text);
    peer.send(1, "basic.get", { queue: "nowhere" });
    peer.send(1, "channel.close-ok");
    peer.send(1, "channel.open");
    const again = await peer.next(1);
    return { closed, again, rest: await peer.answers() };
  },

  "closing from both sides": async (bench) => {
    const peer = bench.peer();
    await peer.ready();
    peer.send(1, "basic.ack", { deliveryTag: 9 });
    peer.send(1, "channel.close");
    const crossed = await peer.next(2);
    peer.send(1, "channel.close-ok");
    peer.send(1, "channel.open");
    return { crossed, again: await peer.next(1), rest: await peer.answers() };
  },

  "a closed channel, and its number": async (bench) => {
    const peer = bench.peer();
    await peer.ready();
    peer.send(1, "channel.close");
    const closed = await peer.next(1);
    peer.send(1, "channel.open");
    const again = await peer.next(1);
    peer.send(1, "channel.close");
    await peer.next(1);
    peer.send(1, "basic.get", { queue: "some" });
    return { closed, again, rest: await peer.answers() };
  },

  "the end of a connection": acts({
    "in the middle of content": (peer) => {
      peer.send(1, "basic.publish");
      peer.header(1, 4);
      peer.send(0, "connection.close");
    },
    "with more behind it": (peer) => {
      peer.send(0, "connection.close");
      peer.publish(1, text);
      peer.send(1, "basic.get", { queue: "some" });
    },
  }),

  "more channels than agreed": async (bench) => {
    const peer = bench.peer();
    await peer.client.open({ channelMax: 2 });
    const opened = [];
    for (const channel of [1, 2, 3]) {
      peer.send(channel, "channel.open");
      opened.push(await peer.next(1));
    }
    peer.send(0, "connection.close-ok");
    const high = bench.peer();
    await high.client.open({ channelMax: 2 });
    high.send(9, "channel.open");
    return { opened, high: await high.next(1) };
  },

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

  "without an answer": acts({
    everything: (peer) => {
      const noWait = true;
      peer.send(1, "exchange.declare", { exchange: "silent.x", noWait });
      peer.send(1, "exchange.declare", { exchange: "silent.y", noWait });
      peer.send(1, "exchange.bind", { source: "silent.x", destination: "silent.y", noWait });
      peer.send(1, "queue.declare", { queue: "silent.q", noWait });
      peer.send(1, "queue.bind", { queue: "silent.q", exchange: "silent.y", noWait });
      peer.send(1, "confirm.select", { noWait });
      peer.send(1, "basic.consume", { queue: "silent.q", noWait });
      peer.send(1, "basic.cancel", { noWait });
      peer.send(1, "queue.purge", { queue: "silent.q", noWait });
      peer.send(1, "exchange.unbind", { source: "silent.x", destination: "silent.y", noWait });
      peer.send(1, "queue.delete", { queue: "silent.q", noWait });
      peer.send(1, "exchange.delete", { exchange: "silent.x", noWait });
      peer.send(1, "exchange.delete", { exchange: "silent.y", noWait });
    },
    "a mistake is told all the same": (peer) => peer.send(1, "queue.purge", { queue: "nowhere", noWait: true }),
    "passive, of nothing": (peer) => peer.send(1, "queue.declare", { queue: "nowhere", passive: true, noWait: true }),
  }),

  flow: acts({
    on: (peer) => peer.send(1, "channel.flow", { active: true }),
    off: (peer) => peer.send(1, "channel.flow", { active: false }),
    "an answer to none": (peer) => peer.send(1, "channel.flow-ok"),
  }),

  "prefetch in bytes": acts({
    refused: (peer) => peer.send(1, "basic.qos", { prefetchSize: 1 }),
  }),

  "transactions, out of turn": acts({
    "commit of none": (peer) => peer.send(1, "tx.commit"),
    "rollback of none": (peer) => peer.send(1, "tx.rollback"),
    "selected twice": (peer) => {
      peer.send(1, "tx.select");
      peer.send(1, "tx.select");
      peer.send(1, "tx.commit");
      peer.send(1, "tx.rollback");
    },
    "confirms within": (peer) => {
      peer.send(1, "tx.select");
      peer.send(1, "confirm.select");
    },
    "within confirms": (peer) => {
      peer.send(1, "confirm.select");
      peer.send(1, "tx.select");
    },
    "an unknown exchange": (peer) => {
      peer.send(1, "tx.select");
      peer.publish(1, text, { exchange: "nowhere" });
    },
    "an internal exchange": (peer) => {
      peer.send(1, "exchange.declare", { exchange: "tx.internal", internal: true });
      peer.send(1, "tx.select");
      peer.publish(1, text, { exchange: "tx.internal" });
    },
    "an unknown tag": (peer) => {
      peer.send(1, "tx.select");
      peer.send(1, "basic.ack", { deliveryTag: 3 });
    },
    "a tag used twice": (peer) => {
      peer.send(1, "queue.declare", { queue: "tx.twice" });
      peer.publish(1, text, { routingKey: "tx.twice" });
      peer.send(1, "basic.get", { queue: "tx.twice", noAck: false });
      peer.send(1, "tx.select");
      peer.send(1, "basic.ack");
      peer.send(1, "basic.ack");
    },
  }),

  transactions: async (bench) => {
    const peer = bench.peer();
    await peer.ready();
    const queue = "tx.q";
    const count = async () => {
      peer.send(1, "queue.declare", { queue, passive: true });
      return peer.next(1);
    };
    peer.send(1, "queue.declare", { queue });
    peer.send(1, "tx.select");
    await peer.next(2);
    peer.publish(1, text, { routingKey: queue });
    peer.publish(1, text, { routingKey: "nowhere", mandatory: true });
    const before = await count();
    peer.send(1, "tx.commit");
    const committed = await peer.next(4);
    const after = await count();
    peer.publish(1, text, { routingKey: queue });
    peer.publish(1, text, { routingKey: "nowhere", mandatory: true });
    peer.send(1, "tx.rollback");
    const rolledBack = await peer.next(1);
    const same = await count();
    peer.send(1, "basic.get", { queue, noAck: false });
    const got = await peer.next(3);
    peer.send(1, "basic.nack");
    peer.send(1, "tx.rollback");
    const kept = await peer.next(1);
    peer.send(1, "basic.reject", { requeue: true });
    peer.send(1, "tx.commit");
    const back = await peer.next(1);
    peer.send(1, "basic.get", { queue });
    const again = await peer.next(3);
    return { before, committed, after, rolledBack, same, got, kept, back, again };
  },

  recover: async (bench) => {
    const peer = bench.peer();
    await peer.ready();
    const queue = "recover.q";
    peer.send(1, "queue.declare", { queue });
    for (let i = 0; i < 2; i++) peer.publish(1, text, { routingKey: queue });
    for (let i = 0; i < 2; i++) peer.send(1, "basic.get", { queue, noAck: false });
    const got = await peer.next(7);
    peer.send(1, "basic.recover");
    const recovered = await peer.next(1);
    peer.send(1, "basic.get", { queue, noAck: false });
    const again = await peer.next(3);
    peer.send(1, "basic.recover-async");
    const silent = await peer.answers();
    peer.send(1, "basic.recover", { requeue: false });
    return { got, recovered, again, silent, refused: await peer.answers() };
  },

  "returned before it is confirmed": async (bench) => {
    const peer = bench.peer();
    await peer.ready();
    peer.send(1, "confirm.select");
    peer.publish(1, text, { routingKey: "nowhere", mandatory: true });
    const returned = await peer.next(5);
    peer.publish(1, text, { routingKey: "nowhere" });
    const unroutable = await peer.next(1);
    peer.send(1, "confirm.select");
    const selectedAgain = await peer.next(1);
    peer.publish(1, text, { routingKey: "nowhere", immediate: true });
    return { returned, unroutable, selectedAgain, immediate: await peer.answers() };
  },

  "answers that nobody waits for": acts({
    "basic.cancel-ok": (peer) => peer.send(1, "basic.cancel-ok", { consumerTag: "c" }),
    "a nack of everything there is not": (peer) => peer.send(1, "basic.nack", { deliveryTag: 0, multiple: true }),
    "an ack of everything there is not": (peer) => peer.send(1, "basic.ack", { deliveryTag: 0, multiple: true }),
    "an ack of tag 0": (peer) => peer.send(1, "basic.ack", { deliveryTag: 0 }),
    "an ack of many that are unknown": (peer) => peer.send(1, "basic.ack", { deliveryTag: 5, multiple: true }),
    "a reject of an unknown one": (peer) => peer.send(1, "basic.reject", { deliveryTag: 5 }),
    "cancelling nobody": (peer) => peer.send(1, "basic.cancel", { consumerTag: "nobody" }),
  }),

  "arguments with meaning": acts({
    "priority that is a text": (peer) => {
      peer.send(1, "queue.declare", { queue: "arguments.q" });
      peer.send(1, "basic.consume", {
        queue: "arguments.q",
        arguments: new Map([["x-priority", longString("high")]]),
      });
    },
    "a queue that was never declared here": (peer) => peer.send(1, "basic.get"),
    "bound to nothing": (peer) => {
      peer.send(1, "queue.declare", { queue: "arguments.s" });
      peer.send(1, "queue.bind", { exchange: "nowhere" });
    },
    "the default exchange": (peer) => peer.send(1, "exchange.declare", { exchange: "" }),
    "the default exchange, passively": (peer) => peer.send(1, "exchange.declare", { exchange: "", passive: true }),
    "deleting the default exchange": (peer) => peer.send(1, "exchange.delete", { exchange: "" }),
    "deleting a system exchange": (peer) => peer.send(1, "exchange.delete", { exchange: "amq.direct" }),
    "publishing to an internal exchange": (peer) => {
      peer.send(1, "exchange.declare", { exchange: "arguments.internal", internal: true });
      peer.publish(1, text, { exchange: "arguments.internal" });
    },
    "binding the default exchange": (peer) => {
      peer.send(1, "queue.declare", { queue: "arguments.t" });
      peer.send(1, "queue.bind", { exchange: "" });
    },
    "unbinding the default exchange": (peer) => {
      peer.send(1, "queue.declare", { queue: "arguments.u" });
      peer.send(1, "queue.unbind", { exchange: "" });
    },
  }),
};
