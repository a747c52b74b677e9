/** The bytes that standard base64 describes; null when it isn't base64. Blanks and line ends in it are allowed. */
export function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(text.replace(/[\s]+/g, ""));
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    return null;
  }
}

/** Standard base64 with padding, in one line. */
export function base64FromBytes(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // A multiple of three, so that pieces can be joined; small enough for the arguments of one call.
  const step = 0x6000;
  for (let at = 0; at < bytes.length; at += step) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + step))));
  }
  return pieces.join("");
}
