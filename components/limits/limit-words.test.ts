import { describe, expect, it } from "vitest";
import { isReached, limitIn, limitWords } from "@/components/limits/limit-words";
import type { Limited } from "@/lib/api-client/limits";

const shop: Limited = {
  name: "shop",
  limits: { "max-connections": 2_000, "max-queues": 3, "max-channels": -1 },
  now: { "max-queues": 3, "max-channels": 7 },
};

describe("limits", () => {
  it("are said with what there is, as far as that is known", () => {
    expect(limitWords(shop, "max-queues")).toBe("3 of 3");
    expect(limitWords(shop, "max-connections")).toBe("at most 2,000");
    expect(limitWords(shop, "max-channels")).toBe("7, no limit");
    expect(limitWords({ ...shop, limits: {}, now: {} }, "max-queues")).toBe("no limit");
  });

  it("are reached when the next one would be refused; -1 never is", () => {
    expect(isReached(shop, "max-queues")).toBe(true);
    expect(isReached(shop, "max-connections")).toBe(false);
    expect(isReached(shop, "max-channels")).toBe(false);
    expect(isReached({ ...shop, limits: { "max-connections": 0 } }, "max-connections")).toBe(true);
    expect(limitIn(shop, "max-channels")).toBeNull();
  });
});
