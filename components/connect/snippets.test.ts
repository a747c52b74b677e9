import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { snippets, type Target } from "@/components/connect/snippets";

const plain: Target = {
  ...{ host: "broker.example", port: 5673, vhost: "/", user: "ada", queue: "tasks" },
  origin: "http://broker.example:3000",
};
const codeOf = (id: string, target: Target = plain) =>
  snippets.find((snippet) => snippet.id === id)?.code(target) ?? "";

test.each(snippets.map(({ id }) => id))("%s has the real address and name, and no password", (id) => {
  const code = codeOf(id);
  expect(code).toContain("broker.example");
  if (id !== "curl") expect(code).toContain("5673");
  expect(code).toContain("ada");
  expect(code).toContain("tasks");
  expect(code).toContain("WARREN_PASSWORD");
});

test("names that mean something to a language stay names", () => {
  const nasty = { ...plain, vhost: "a/b", user: `o'neil"`, queue: `#{exit}'"$(id)` };
  expect(codeOf("celery", nasty)).toContain("amqp://o'neil%22:");
  expect(codeOf("celery", nasty)).toContain("/a%2Fb");
  expect(codeOf("bunny", nasty)).toContain(String.raw`"\#{exit}'\"$(id)"`);
  expect(codeOf("spring", nasty)).toContain(`username: 'o''neil"'`);
  // The shell takes each name as it is: nothing of it runs.
  const script = codeOf("curl", nasty).replaceAll(/^curl /gm, "printf '%s\\n' ");
  const words = execFileSync("bash", ["-c", script], {
    env: { ...process.env, WARREN_PASSWORD: "p" },
  }).toString();
  expect(words).toContain(`o'neil":p`);
  expect(words).toContain(`"routing_key":"#{exit}'\\"$(id)"`);
});
