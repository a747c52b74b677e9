import { describe, expect, it } from "vitest";
import { initialPace } from "@/components/jobs/canary-fields";
import { noDestination } from "@/components/messages/destination-fields";
import { initialSource, missingSource, replayRequest, sourceRequest } from "@/components/replay/replay-request";

const now = new Date("2026-04-11T12:00:00Z");
const ofOrders = { ...initialSource, queue: "orders" };

describe("what a replay asks for", () => {
  it("is nothing until a source is chosen, and a time that runs backwards is refused", () => {
    expect(sourceRequest("/", initialSource, now)).toBeNull();
    expect(missingSource({ ...ofOrders, span: "own" })).toMatch(/from when/i);
    expect(missingSource({ ...ofOrders, span: "own", since: now, until: new Date(now.getTime() - 1) })).toMatch(
      /before/,
    );
  });

  it("is a span that ends now, or from and to", () => {
    expect(sourceRequest("/", ofOrders, now)).toMatchObject({
      source: { queue: "orders" },
      since: "2026-04-11T11:00:00.000Z",
      until: "2026-04-11T12:00:00.000Z",
    });
    const open = sourceRequest("/", { ...ofOrders, from: "all", span: "own", since: now }, now);
    expect(open).toMatchObject({ source: {}, since: now.toISOString() });
    expect(open).not.toHaveProperty("until");
  });

  it("goes by the original route unless a place is chosen", () => {
    const source = sourceRequest("/", ofOrders, now);
    if (source === null) throw new Error("no source");
    expect(replayRequest(source, noDestination, initialPace)).not.toHaveProperty("to");
    expect(replayRequest(source, { ...noDestination, way: "queue", queue: "copy" }, initialPace)).toMatchObject({
      to: { exchange: "", routing_key: "copy" },
      rate: 50,
    });
  });
});
