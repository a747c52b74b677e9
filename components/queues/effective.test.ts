import { describe, expect, it } from "vitest";
import { argumentHolds, effectiveDeliveryLimit, effectiveText } from "@/components/queues/effective";

const queue = (own: Record<string, string | number>, policy: Record<string, unknown>, type = "classic") => ({
  type: type as "classic" | "quorum",
  arguments: own,
  effective_policy_definition: policy,
});

describe("what holds for a queue", () => {
  it("is its own text before a policy's", () => {
    const policy = { "dead-letter-exchange": "theirs" };
    expect(effectiveText(queue({}, policy), "dead-letter-exchange")).toEqual({ value: "theirs", byPolicy: true });
    expect(effectiveText(queue({ "x-dead-letter-exchange": "" }, policy), "dead-letter-exchange")).toEqual({
      value: "",
      byPolicy: false,
    });
    expect(effectiveText(queue({}, {}), "dead-letter-exchange").value).toBeNull();
  });

  it("is the lower of two delivery limits, and a policy's before the default", () => {
    const limit = (...of: Parameters<typeof queue>) => effectiveDeliveryLimit(queue(...of));
    expect(limit({}, {}).value).toBeNull();
    expect(limit({}, {}, "quorum")).toEqual({ value: 20, byPolicy: false });
    expect(limit({}, { "delivery-limit": 50 }, "quorum")).toEqual({ value: 50, byPolicy: true });
    expect(limit({}, { "delivery-limit": -1 }, "quorum")).toEqual({ value: null, byPolicy: true });
    expect(limit({ "x-delivery-limit": 5 }, { "delivery-limit": 50 })).toEqual({ value: 5, byPolicy: false });
    expect(limit({ "x-delivery-limit": 5 }, { "delivery-limit": 3 })).toEqual({ value: 3, byPolicy: true });
    expect(limit({ "x-delivery-limit": -1 }, { "delivery-limit": 3 })).toEqual({ value: 3, byPolicy: true });
  });

  it("is the argument but for the higher of two limits", () => {
    expect(argumentHolds(queue({ "x-max-length": 5 }, { "max-length": 9 }), "max-length")).toBe(true);
    expect(argumentHolds(queue({ "x-max-length": 9 }, { "max-length": 5 }), "max-length")).toBe(false);
    expect(argumentHolds(queue({ "x-overflow": "drop-head" }, { overflow: "reject-publish" }), "overflow")).toBe(true);
    expect(argumentHolds(queue({ "x-retention": 9 }, { retention: 5 }), "retention")).toBe(true);
    const slower = { "rate-limit": 5, "rate-burst": 50 };
    expect(argumentHolds(queue({ "x-rate-limit": 9, "x-rate-burst": 9 }, slower), "rate-burst")).toBe(false);
  });
});
