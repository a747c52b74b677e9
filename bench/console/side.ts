import type { BrowserContext, Page } from "@playwright/test";

/** A broker with its own pages, as a person uses them. Each step resolves when what it is for can be seen. */
export interface ConsoleSide {
  readonly name: string;
  readonly version: string;
  readonly origin: string;
  /** Processes that serve it; their children count as well. */
  readonly processes: readonly number[];
  /** Logs in; what the context keeps of it (cookies) is taken over to others. */
  signIn(context: BrowserContext): Promise<void>;
  /** Opens the list of queues by its address; it is there when it says how many there are, and shows some. */
  openList(page: Page, total: number): Promise<void>;
  /** Narrows the list down to one queue by its name. */
  findQueue(page: Page, name: string): Promise<void>;
  /** Opens the queue that the list shows, up to its figures. */
  openQueue(page: Page, name: string): Promise<void>;
  /** Goes to the form for publishing to the queue that is open, up to the field for the body. */
  openForm(page: Page): Promise<void>;
  /** Sends what stands in the form, and is told that it is there. */
  send(page: Page): Promise<void>;
  /** Opens a queue by its address. */
  visitQueue(page: Page, name: string): Promise<void>;
  /** Waits until the page of the queue says that so many messages are ready. */
  seesReady(page: Page, ready: number): Promise<void>;
  stop(): Promise<void>;
}

const authorization = `Basic ${Buffer.from("guest:guest").toString("base64")}`;

/** Calls the management API, which both have. Throws when it refuses. */
export async function callApi(side: ConsoleSide, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${side.origin}${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${side.name}: ${method} ${path} gave ${response.status} ${text.slice(0, 300)}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** "orders.00042": names whose order is that of their numbers. */
export function queueName(index: number): string {
  return `orders.${String(index).padStart(5, "0")}`;
}

/** Adds the queues `from` to `to - 1`. */
export async function addQueues(side: ConsoleSide, from: number, to: number): Promise<void> {
  const queues = Array.from({ length: to - from }, (_, index) => ({
    ...{ name: queueName(from + index), vhost: "/", durable: true, auto_delete: false, arguments: {} },
  }));
  await callApi(side, "POST", "/api/definitions", { queues });
}

/** Publishes a message to a queue, as a program does. */
export async function publishTo(side: ConsoleSide, queue: string): Promise<void> {
  const message = {
    routing_key: queue,
    properties: { delivery_mode: 2 },
    payload: "hello",
    payload_encoding: "string",
  };
  await callApi(side, "POST", "/api/exchanges/%2F/amq.default/publish", message);
}
