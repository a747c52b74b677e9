/** The value of a `bytea` parameter that lies in several places: it is sent from there, without being put together. */
export class ByteParts {
  readonly parts: readonly Uint8Array[];
  /** In bytes. */
  readonly length: number;

  /** @param parts in their order; they must not change until the statement has been answered */
  constructor(parts: readonly Uint8Array[]) {
    this.parts = parts;
    this.length = parts.reduce((sum, part) => sum + part.length, 0);
  }
}
