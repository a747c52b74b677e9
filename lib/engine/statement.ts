/**
 * One SQL text. With a name it is prepared once per connection; texts that are put together at run time have none.
 * Names are unique in the engine.
 */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  /**
   * For each column of its result whether it comes as bytes, which has to be a `bytea`; none if omitted. For what is
   * large, or read often: the others come as hexadecimal text, twice as long.
   */
  readonly binaryColumns?: readonly boolean[];
}

/** Whatever statements can be sent through: a pool (each commits by itself) or a transaction. */
export interface Queryable {
  /**
   * Runs one statement. Its last value, and no other, may be `ByteParts`. Numbers of 64 bits come back as JS numbers,
   * `bytea` as Buffer, `timestamptz` as Date.
   */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}
