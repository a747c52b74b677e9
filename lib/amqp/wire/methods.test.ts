import { describe, expect, test } from "vitest";
import { replyCodes } from "@/lib/amqp/wire/errors";
import { type MethodDefinition, methods } from "@/lib/amqp/wire/methods";
import specification from "@/test/support/amqp/specification.json";

/** RabbitMQ's, which came after the published definition. */
const later = ["connection.blocked", "connection.unblocked", "connection.update-secret", "connection.update-secret-ok"];

describe("the table of methods", () => {
  test("has the methods of the specification, and those that RabbitMQ added later", () => {
    expect(Object.keys(methods).sort()).toEqual([...Object.keys(specification.methods), ...later].sort());
  });

  test.each(Object.entries(specification.methods))("%s is as the specification says", (name, specified) => {
    const ours: MethodDefinition = methods[name as keyof typeof methods];
    expect(ours.id).toEqual(specified.id);
    expect(ours.content ?? false).toBe(specified.content);
    expect([...(ours.replies ?? [])].sort()).toEqual([...specified.replies, ...(impliedReplies[name] ?? [])].sort());
    expect(ours.arguments.map(([argument, type]) => [argument, type])).toEqual(
      specified.arguments.map(([argument, type]) => [argument && camelCase(argument), type]),
    );
  });
});

test("reply codes and what they close are as the specification says", () => {
  const specified = Object.entries(specification.constants).filter(([, [, kind]]) => kind !== null);
  for (const [name, [code, kind]] of specified) {
    const ours = replyCodes[name.toUpperCase().replaceAll("-", "_") as keyof typeof replyCodes];
    expect(ours, name).toEqual({ code, hard: kind === "hard-error" });
  }
  // 312 is a reply code of basic.return only.
  expect(Object.keys(replyCodes)).toHaveLength(specified.length + 1);
});

/** The definition declares recover asynchronous for the sake of older versions, though recover-ok answers it. */
const impliedReplies: Record<string, string[]> = { "basic.recover": ["basic.recover-ok"] };

function camelCase(name: string): string {
  return name === "nowait" ? "noWait" : name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
