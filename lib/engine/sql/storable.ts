/** Postgres' text can't hold NUL, nor lone surrogates. */
export function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, "\ufffd");
}
