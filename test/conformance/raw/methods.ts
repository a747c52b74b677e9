import { longString } from "@/lib/broker/properties/field-value";
import { acts, type RawScenario, text } from "@/test/conformance/raw/scenario";

export const methodScenarios: Readonly<Record<string, RawScenario>> = {
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

  "prefetch in bytes": acts({
    refused: (peer) => peer.send(1, "basic.qos", { prefetchSize: 1 }),
  }),

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
