/** What a process counts of the logins at one of its doors, since it began. */
export interface LoginCount {
  readonly succeeded: number;
  readonly failed: number;
}

/** The doors by RabbitMQ's names for their protocols. */
export type LoginProtocol = "amqp091" | "http";
export type LoginCounts = { readonly [P in LoginProtocol]?: LoginCount };

/** What a process tells of itself with every beat. Sizes are in bytes. */
export interface NodeFacts {
  readonly pid: number;
  readonly processors: number;
  readonly memory: {
    /** All that the process has of the machine's memory. */
    readonly resident: number;
    /** What JavaScript's values take, and what is set aside for them. */
    readonly heapUsed: number;
    readonly heapTotal: number;
    /** Buffers and other things outside of the heap. */
    readonly external: number;
    /** What the process may have: the machine's, or less in a container. */
    readonly limit: number;
  };
  /** Open files and sockets, and how many may be open; null where the system doesn't tell. */
  readonly files: { readonly open: number; readonly limit: number } | null;
  readonly logins: LoginCounts;
}
