/** Who asks, from where, through which door. Every call of the contract carries it: permissions and audit hang here. */
export interface Actor {
  /** User name; `system` for the broker's own duties. */
  readonly user: string;
  /** RabbitMQ's user tags: administrator, monitoring, policymaker, management, ... */
  readonly tags: readonly string[];
  /** Remote IP address; null for the broker's own duties. */
  readonly address: string | null;
  readonly door: "http" | "console" | "amqp" | "sample" | "system";
}

export const systemActor: Actor = { user: "system", tags: ["administrator"], address: null, door: "system" };
