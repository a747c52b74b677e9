/** The bytes of a property list or field table can't be decoded: truncated, of unknown type, or nested too deeply. */
export class MalformedPropertiesError extends Error {
  override readonly name = "MalformedPropertiesError";
}

/** A value can't be expressed as a message property or header. `field` names it, with a path for nested headers. */
export class InvalidPropertyError extends Error {
  override readonly name = "InvalidPropertyError";
  readonly field: string;
  /** What is wrong, without the name of the field: "must be an integer from 0 to 255". */
  readonly problem: string;

  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.field = field;
    this.problem = problem;
  }
}
