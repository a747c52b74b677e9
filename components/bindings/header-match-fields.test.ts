import { expect, it } from "vitest";
import { toArguments } from "@/components/bindings/header-match-fields";

it("writes a headers binding's arguments with their types", () => {
  expect(
    toArguments({
      match: "any",
      rows: [
        { id: 1, name: "vip", type: "boolean", value: "true" },
        { id: 2, name: "count", type: "number", value: "2" },
        { id: 3, name: "tenant", type: "string", value: "2" },
        { id: 4, name: "trace", type: "present", value: "" },
        { id: 5, name: "", type: "string", value: "left out" },
      ],
    }),
  ).toEqual({ "x-match": "any", vip: true, count: 2, tenant: "2", trace: null });
});
