import type { MethodName } from "@/lib/amqp/wire/methods";
import type { RawPeer } from "@/test/conformance/raw/raw-peer";
import { type Act, acts, type RawScenario, text } from "@/test/conformance/raw/scenario";

/** Asks on channel 7 what came of it: RabbitMQ may have answered on channel 1 before it sees to another one. */
function onSeven(act: (peer: RawPeer) => void): Act {
  return (peer) => {
    act(peer);
    return 7;
  };
}

export const channelScenarios: Readonly<Record<string, RawScenario>> = {
  "channel 0, and channels that are none": acts({
    "a method of a channel on 0": (peer) => peer.send(0, "basic.get", { queue: "some" }),
    "channel.open on 0": (peer) => peer.send(0, "channel.open"),
    "a header on 0": (peer) => peer.header(0, 4),
    "a body on 0": (peer) => peer.frame(3, 0, text),
    "a connection's method on a channel": (peer) => peer.send(1, "connection.close"),
    "a method": onSeven((peer) => peer.send(7, "basic.get", { queue: "some" })),
    "a publish": onSeven((peer) => peer.publish(7, text)),
    "a header": (peer) => peer.header(7, 4),
    "a body": (peer) => peer.frame(3, 7, text),
    "a close": onSeven((peer) => peer.send(7, "channel.close")),
    "an answer to a close": onSeven((peer) => peer.send(7, "channel.close-ok")),
    "opened twice": (peer) => peer.send(1, "channel.open"),
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

  "an exclusive queue of a connection that was told of an error": async (bench) => {
    const queue = { queue: "closing.mine", exclusive: true };
    const seen: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      const peer = bench.peer();
      await peer.ready();
      peer.send(1, "queue.declare", queue);
      seen.push(await peer.next(1));
      peer.send(7, "basic.qos");
      // Whoever knows that the connection is closed finds the queue gone.
      seen.push(await peer.next(1));
    }
    return seen;
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

  flow: acts({
    on: (peer) => peer.send(1, "channel.flow", { active: true }),
    off: (peer) => peer.send(1, "channel.flow", { active: false }),
    "an answer to none": (peer) => peer.send(1, "channel.flow-ok"),
  }),
};
