/** A running consumption; `stop` waits until nothing is under way any more. */
export interface Consumption {
  stop(): Promise<void>;
}

export interface ConsumeOptions {
  /** How many consumers work side by side. */
  readonly consumers: number;
  /** Asked for at once, where the contestant can. */
  readonly batch: number;
  /** Called for each message when it is in the consumer's hands. */
  readonly onMessage: (body: string | Buffer) => void;
  /** Called when messages are acknowledged for good. */
  readonly onDone: (count: number) => void;
}

/** Something that queues on Postgres, through its public interface, at its best documented settings. One queue. */
export interface Contestant {
  readonly name: string;
  /** Takes away all messages and their remains, so that each measurement begins with empty tables. */
  empty(): Promise<void>;
  /** Resolves when the message is safe. */
  publish(body: string): Promise<void>;
  publishBatch(bodies: readonly string[]): Promise<void>;
  consume(options: ConsumeOptions): Promise<Consumption>;
  close(): Promise<void>;
}

/** So many batches a consumer may hold: it asks for the next while the acknowledgements of those before are on their way. */
export const batchesHeld = 4;
