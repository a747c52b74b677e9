import { expect, test } from "vitest";
import { fromPlain } from "@/lib/broker/properties/plain";
import { celeryTask } from "@/lib/broker/rules/celery";

// As Celery 5.4 publishes add.apply_async((2, 3), {"x": 1}, countdown=60), headers cut to what is looked at.
const headers = fromPlain({
  lang: "py",
  task: "tasks.add",
  id: "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
  root_id: "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
  parent_id: null,
  group: null,
  retries: 2,
  eta: "2026-11-21T09:01:00+00:00",
  expires: null,
  argsrepr: "(2, 3)",
  kwargsrepr: "{'x': 1}",
  origin: "gen1@host",
});
const properties = { contentType: "application/json", contentEncoding: "utf-8", headers };
const bodyOf = (text: string, truncated = false) => ({ bytes: Buffer.from(text), truncated });

test("a task is known by its headers, its arguments by the body", () => {
  expect(celeryTask(properties, bodyOf('[[2, 3], {"x": 1}, {"callbacks": null}]'))).toEqual({
    task: "tasks.add",
    id: "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
    args: [2, 3],
    kwargs: { x: 1 },
    retries: 2,
    eta: "2026-11-21T09:01:00+00:00",
    expires: null,
    group: null,
    rootId: "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
    parentId: null,
    origin: "gen1@host",
  });
});

test.each([
  ["is cut", bodyOf("[[2, 3", true), {}],
  ["is no JSON", bodyOf("not"), {}],
  ["is a pickle", bodyOf("[[], {}, {}]"), { contentType: "application/x-python-serialize" }],
  ["is compressed", bodyOf("[[], {}, {}]"), { contentEncoding: "gzip" }],
  ["is not at hand", null, {}],
])("of a body that %s the headers tell", (_, body, more) => {
  expect(celeryTask({ ...properties, ...more }, body)).toMatchObject({ args: "(2, 3)", kwargs: "{'x': 1}" });
});

test("other messages are none", () => {
  expect(celeryTask({}, null)).toBeNull();
  expect(celeryTask({ headers: fromPlain({ task: "a" }) }, null)).toBeNull();
  expect(celeryTask({ headers: fromPlain({ task: 1, id: 2 }) }, null)).toBeNull();
});
