import { longString } from "@/lib/broker/properties/field-value";
import { answerTo, type RawPeer } from "@/test/conformance/raw/raw-peer";
import { acts, type RawScenario } from "@/test/conformance/raw/scenario";
import { methodPayload } from "@/test/support/amqp/frames";

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

/** A start-ok whose frame has so many bytes of payload, by what the client says of itself. */
function startOkOf(payload: number): (peer: RawPeer) => unknown {
  return async (peer) => {
    await untilStart(peer);
    const response = Buffer.from("\0guest\0guest", "latin1");
    const filled = (size: number) => new Map([["filler", longString("x".repeat(size))]]);
    const empty = { mechanism: "PLAIN", locale: "en_US", response, clientProperties: filled(0) };
    const rest = methodPayload({ name: "connection.start-ok", args: empty }).length;
    peer.send(0, "connection.start-ok", { response, clientProperties: filled(payload - rest) });
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

const close = ["authentication_failure_close"];

export const handshakeScenarios: Readonly<Record<string, RawScenario>> = {
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

  "frames before there is a frame_max": handshakes({
    "as large as the least frame_max": startOkOf(4096),
    "one byte larger": startOkOf(4097),
    "much larger": startOkOf(20_000),
    "larger, of another kind": async (peer) => {
      await untilStart(peer);
      peer.frame(3, 1, Buffer.alloc(4097));
    },
    "after the tuning as large as agreed": async (peer) => {
      await peer.ready();
      peer.publish(1, Buffer.alloc(131_072), { routingKey: "nowhere" });
      peer.send(1, "basic.qos");
    },
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

  "a new secret": acts({
    "the same": (peer) =>
      peer.send(0, "connection.update-secret", { newSecret: Buffer.from("guest"), reason: "renewed" }),
    another: (peer) => peer.send(0, "connection.update-secret", { newSecret: Buffer.from("another"), reason: "" }),
  }),
};
