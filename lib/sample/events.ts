/** A GitHub webhook as it would arrive: the event's name, and one real payload that people have contributed. */
export interface WebhookEvent {
  readonly event: string;
  /** Absent in events that have no actions, such as `push`. */
  readonly action: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * All example payloads of the package (MIT), flattened, in its order. They are loaded when they are first asked for: they
 * fill a fifth of a broker's heap, through which Node's garbage collector would have to go each time.
 */
export async function webhookEvents(): Promise<readonly WebhookEvent[]> {
  const { default: examples } = await import("@octokit/webhooks-examples");
  return examples.flatMap((definition) =>
    definition.examples.map((example) => {
      const payload = example as Readonly<Record<string, unknown>>;
      return {
        event: definition.name,
        action: typeof payload.action === "string" ? payload.action : undefined,
        payload,
      };
    }),
  );
}

/** `issues.opened`, or just `push` where there is no action. */
export function routingKeyOf(event: WebhookEvent): string {
  return event.action === undefined ? event.event : `${event.event}.${event.action}`;
}
