import { describe, expect, it } from "vitest";
import { celeryCall } from "@/components/messages/celery-call";

describe("a Celery task as a call", () => {
  it("has its arguments as they were given", () => {
    expect(celeryCall({ task: "shop.charge", args: [42, "a"], kwargs: { currency: "EUR" } })).toBe(
      'shop.charge(42, "a", currency="EUR")',
    );
    expect(celeryCall({ task: "beat", args: [], kwargs: {} })).toBe("beat()");
  });

  it("has them in Celery's own short form where the body doesn't give them", () => {
    expect(celeryCall({ task: "add", args: "(2, 2)", kwargs: "{}" })).toBe("add(2, 2)");
    expect(celeryCall({ task: "add", args: "(2,)", kwargs: "{'x': 1}" })).toBe("add(2, **{'x': 1})");
  });

  it("is cut when they are long", () => {
    expect(celeryCall({ task: "t", args: ["x".repeat(500)], kwargs: {} }).length).toBeLessThan(210);
  });
});
