import { describe, expect, it } from "vitest";
import { deliverNow, deliveryOptions, deliveryProblem, parseDelivery } from "@/components/publish/delivery";

describe("when to deliver", () => {
  it("is sent as the HTTP API has it", () => {
    expect(deliveryOptions(deliverNow)).toEqual({});
    expect(deliveryOptions({ ...deliverNow, when: "after", seconds: 1.5 })).toEqual({ deliver_after: 1500 });
    const time = "2026-04-11T09:30";
    expect(deliveryOptions({ ...deliverNow, when: "at", time })).toEqual({ deliver_at: new Date(time).toISOString() });
  });

  it("needs a time where it is to be at one", () => {
    expect(deliveryProblem({ ...deliverNow, when: "at" })).not.toBeNull();
    expect(deliveryProblem({ ...deliverNow, when: "at", time: "soon" })).not.toBeNull();
    expect(deliveryProblem({ ...deliverNow, when: "at", time: "2026-04-11T09:30" })).toBeNull();
    expect(deliveryProblem(deliverNow)).toBeNull();
  });

  it("is now where what was kept makes no sense", () => {
    expect(parseDelivery(undefined)).toEqual(deliverNow);
    expect(parseDelivery({ when: "never", seconds: -1, time: 3 })).toEqual(deliverNow);
    const kept = { when: "after", seconds: 5, time: "" };
    expect(parseDelivery(kept)).toEqual(kept);
  });
});
