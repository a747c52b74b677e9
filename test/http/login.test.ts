import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Authenticator } from "@/lib/auth/authenticator";
import { LoginTally } from "@/lib/auth/login-tally";
import { startApi, type TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  // Guest is made with the first login, and only where there is nobody yet.
  await api.call("GET", "/api/whoami");
  await api.addUser("ann", "secret", ["management"]);
  await api.addUser("eve", "secret", ["monitoring"]);
  await api.addUser("nobody", "secret", []);
});
afterAll(() => api.close());

/** What a browser sends along with a request of the console itself. */
const sameOrigin = { "sec-fetch-site": "same-origin", "x-requested-with": "warren" };

async function logIn(username = "guest", password = "guest", from = "127.0.0.1") {
  const body = { username, password };
  return api.call("POST", "/api/login", { as: null, from, body, headers: sameOrigin });
}

function cookieOf(headers: Headers): string {
  return headers.get("set-cookie")?.split(";")[0] ?? "";
}

describe("logins", () => {
  it("are counted, and those that fail; the database being away is nobody's failure", async () => {
    const tally = new LoginTally();
    const counted = new Authenticator(api.database, { createFirstUser: async () => {} }, (outcome) =>
      tally.note("amqp091", outcome),
    );
    for (let i = 0; i < 2; i++) await counted.knownUser("ann", "secret", "127.0.0.1");
    await expect(counted.knownUser("ann", "wrong", "10.2.2.2")).rejects.toThrow("Login failed");
    await expect(counted.logIn("guest", "guest", "10.2.2.2")).rejects.toThrow("only log in from");
    await counted.certifiedUser("eve", null);
    await expect(counted.certifiedUser("stranger", null)).rejects.toThrow("no user");
    expect(tally.counts).toEqual({ amqp091: { succeeded: 3, failed: 3 } });
  });
});

describe("basic authentication", () => {
  it("knows guest, the first user", async () => {
    const { status, json } = await api.call("GET", "/api/whoami");
    expect(status).toBe(200);
    expect(json).toEqual({
      name: "guest",
      tags: ["administrator"],
      may: { look: true, change: true, monitor: true, set_policy: true, administer: true },
    });
  });

  it("asks programs for a password, and browsers' scripts not", async () => {
    const program = await api.call("GET", "/api/whoami", { as: null });
    expect(program.status).toBe(401);
    expect(program.headers.get("www-authenticate")).toBe('Basic realm="RabbitMQ Management"');
    expect(program.json).toMatchObject({ error: "not_authorized", code: "unauthenticated" });
    const script = await api.call("GET", "/api/whoami", { as: null, headers: sameOrigin });
    expect(script.status).toBe(401);
    expect(script.headers.get("www-authenticate")).toBeNull();
  });

  it("refuses a wrong password, an unknown name, and what isn't a name and a password", async () => {
    for (const as of ["ann:wrong", "who:secret", "ann", "a\0b:c"]) {
      expect((await api.call("GET", "/api/whoami", { as, from: "10.1.1.1" })).status).toBe(401);
    }
  });

  it("takes guest from this machine only", async () => {
    for (const from of ["10.0.0.9", "untrusted-proxy", ""]) {
      const answer = await api.call("GET", "/api/whoami", { from });
      expect(answer.status).toBe(401);
      expect(answer.json.reason).toMatch(/only log in from the machine/);
    }
    expect((await api.call("GET", "/api/whoami", { from: "::1" })).status).toBe(200);
    expect((await api.call("GET", "/api/whoami", { as: "ann:secret", from: "10.0.0.9" })).status).toBe(200);
  });

  it("doesn't go on taking an address's right password for another address", async () => {
    await api.call("GET", "/api/whoami");
    expect((await api.call("GET", "/api/whoami", { from: "192.0.2.1" })).status).toBe(401);
  });

  it("tries no more of many guesses at once than of as many one after the other", async () => {
    const guess = (_: unknown, i: number) => api.call("GET", "/api/whoami", { as: `ann:guess${i}`, from: "10.9.8.7" });
    const answers = await Promise.all(Array.from({ length: 15 }, guess));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });

  it("slows down guessing, from that address only", async () => {
    const guess = () => api.call("GET", "/api/whoami", { as: "ann:guess", from: "10.9.9.9" });
    for (let i = 0; i < 10; i++) expect((await guess()).status).toBe(401);
    const refused = await guess();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await api.call("GET", "/api/whoami", { as: "ann:secret", from: "10.9.9.9" })).status).toBe(429);
    expect((await api.call("GET", "/api/whoami", { as: "ann:secret", from: "10.9.9.8" })).status).toBe(200);
  });
});

describe("tags", () => {
  it("let monitoring look and not change", async () => {
    const looking = await api.call("GET", "/api/extensions", { as: "eve:secret" });
    expect(looking.status).toBe(200);
    const changing = await api.call("PUT", "/api/queues/%2F/q", { as: "eve:secret", body: {} });
    expect(changing.status).toBe(403);
    expect(changing.json).toMatchObject({ error: "not_authorised", code: "access-refused" });
  });

  it("keep virtual hosts for administrators", async () => {
    expect((await api.call("PUT", "/api/vhosts/v", { as: "ann:secret" })).status).toBe(403);
  });

  it("give a user without any only its own name", async () => {
    expect((await api.call("GET", "/api/whoami", { as: "nobody:secret" })).json.may.look).toBe(false);
    expect((await api.call("GET", "/api/extensions", { as: "nobody:secret" })).status).toBe(403);
  });
});

describe("sessions", () => {
  it("begin with a login and end with a logout", async () => {
    const begun = await logIn();
    expect(begun.status).toBe(200);
    expect(begun.json.name).toBe("guest");
    expect(begun.headers.get("set-cookie")).toMatch(
      /^warren_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    );
    const headers = { ...sameOrigin, cookie: cookieOf(begun.headers) };
    expect((await api.call("GET", "/api/whoami", { as: null, headers })).status).toBe(200);

    const ended = await api.call("POST", "/api/logout", { as: null, headers });
    expect(ended.status).toBe(204);
    expect(ended.headers.get("set-cookie")).toMatch(/^warren_session=;.*Max-Age=0/);
    const after = await api.call("GET", "/api/whoami", { as: null, headers });
    expect(after.status).toBe(401);
    expect(after.json.reason).toMatch(/session has ended/);
  });

  it("aren't to be had from the database", async () => {
    const secret = cookieOf((await logIn()).headers).split("=")[1] ?? "";
    const sessions = await api.database.session.findMany();
    expect(JSON.stringify(sessions)).not.toContain(secret);
    for (const { id } of sessions) {
      const headers = { cookie: `warren_session=${id}` };
      expect((await api.call("GET", "/api/whoami", { as: null, headers })).status).toBe(401);
    }
  });

  it("end twelve hours after they were last used", async () => {
    const headers = { cookie: cookieOf((await logIn()).headers) };
    const hourAgo = new Date(Date.now() - 3600_000);
    await api.database.session.updateMany({ data: { lastSeenAt: hourAgo, expiresAt: new Date(Date.now() + 1000) } });
    const renewed = await api.call("GET", "/api/whoami", { as: null, headers });
    expect(renewed.headers.get("set-cookie")).toContain("Max-Age=43200");
    const kept = await api.database.session.findFirst({ orderBy: { lastSeenAt: "desc" } });
    expect(kept?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 11 * 3600_000);

    await api.database.session.updateMany({ data: { expiresAt: hourAgo } });
    expect((await api.call("GET", "/api/whoami", { as: null, headers })).status).toBe(401);
  });

  it("are marked Secure behind TLS", async () => {
    const headers = { ...sameOrigin, "x-forwarded-proto": "https" };
    const body = { username: "guest", password: "guest" };
    const { headers: answer } = await api.call("POST", "/api/login", { as: null, body, headers });
    expect(answer.get("set-cookie")).toContain("; Secure");
  });

  it("can't be used by another site", async () => {
    const cookie = cookieOf((await logIn()).headers);
    const post = (headers: Record<string, string>) =>
      api.call("POST", "/api/templates", {
        as: null,
        body: { name: "t", content: 1 },
        headers: { cookie, ...headers },
      });
    expect((await post({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post({ origin: "http://evil.test", host: "localhost:3000" })).status).toBe(403);
    expect((await post({})).status).toBe(403);
    expect((await post({ origin: "http://localhost:3000", host: "localhost:3000" })).status).toBe(200);
    const login = { username: "guest", password: "guest" };
    const foreign = { "sec-fetch-site": "cross-site" };
    const alive = "/api/aliveness-test/%2F";
    expect((await api.call("GET", alive, { as: null, headers: { cookie, ...foreign } })).status).toBe(403);
    expect((await api.call("POST", "/api/login", { as: null, body: login, headers: foreign })).status).toBe(403);
  });
});

describe("the audit log", () => {
  it("has logins, failed ones too, and no passwords", async () => {
    await logIn("ann", "secret", "10.3.3.3");
    await logIn("ann", "hunter2", "10.3.3.3");
    const lines = await api.database.audit.findMany({ where: { address: "10.3.3.3" }, orderBy: { id: "asc" } });
    expect(lines.map(({ user, action, target, outcome }) => [user, action, target, outcome])).toEqual([
      ["ann", "session.login", "ann", "done"],
      ["ann", "session.login", "ann", "refused"],
    ]);
    expect(
      JSON.stringify(await api.database.audit.findMany(), (_, value) => (typeof value === "bigint" ? 0 : value)),
    ).not.toMatch(/hunter2|secret/);
  });

  it("says who was refused what", async () => {
    await api.call("DELETE", "/api/vhosts/prod", { as: "eve:secret" });
    const line = await api.database.audit.findFirst({ where: { user: "eve", action: "vhost.delete" } });
    expect(line).toMatchObject({
      target: "prod",
      outcome: "refused",
      door: "http",
      detail: { error: "access-refused" },
    });
  });
});
