import { describe, expect, it } from "vitest";
import { listed, listQuery, withColumns } from "@/lib/http/listing";

const queues = [
  { name: "orders", messages: 3, stats: { publish: 5 } },
  { name: "Audit", messages: 10, stats: { publish: 1 } },
  { name: "mail", messages: 0 },
];
const list = (query: Record<string, string>) => listed(queues, listQuery.parse(query));

describe("listed", () => {
  it("is an array without a page", () => {
    expect(list({})).toEqual(queues);
  });

  it("keeps columns, with dots into objects", () => {
    expect(list({ columns: "name,stats.publish" })).toEqual([
      { name: "orders", stats: { publish: 5 } },
      { name: "Audit", stats: { publish: 1 } },
      { name: "mail" },
    ]);
    expect(Object.keys(withColumns(JSON.parse('{"__proto__": {"a": 1}}'), { columns: "__proto__.a" }))).toEqual([
      "__proto__",
    ]);
  });

  it("sorts by a column, missing values first", () => {
    expect(list({ sort: "stats.publish", columns: "name" })).toEqual([
      { name: "mail" },
      { name: "Audit" },
      { name: "orders" },
    ]);
    expect(list({ sort: "messages", sort_reverse: "true", columns: "messages" })).toEqual([
      { messages: 10 },
      { messages: 3 },
      { messages: 0 },
    ]);
  });

  it("pages as RabbitMQ does", () => {
    expect(list({ page: "1", page_size: "1", name: "A", columns: "name" })).toEqual({
      filtered_count: 2,
      item_count: 1,
      items: [{ name: "Audit" }],
      page: 1,
      page_count: 2,
      page_size: 1,
      total_count: 3,
    });
    expect(list({ page: "1", name: "^(orders|mail)$", use_regex: "true" })).toMatchObject({ filtered_count: 2 });
    expect(list({ page: "1", name: "nothing" })).toMatchObject({ page_count: 1, items: [] });
  });

  it.each([
    { page: "0" },
    { page: "2" },
    { page: "x" },
    { page: "1", page_size: "501" },
    { page: "1", name: "(", use_regex: "true" },
  ])("refuses %j", (query) => {
    expect(() => list(query as unknown as Record<string, string>)).toThrow(
      expect.objectContaining({ code: "bad-request" }),
    );
  });

  it("stops an expression that takes forever", () => {
    const long = [{ name: `${"a".repeat(40)}!` }];
    const query = listQuery.parse({ page: "1", name: "^(a+)+$", use_regex: "true" });
    expect(() => listed(long, query)).toThrow(/takes longer than/);
  });
});
