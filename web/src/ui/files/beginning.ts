/** The beginning of a file as text. */
export const SHOWN_BYTES = 256 * 1024;

/**
 * What stands at the beginning; null where it is no text. The last letter may be cut in two: it is left away.
 * @throws {Error} where the file cannot be had
 */
export async function beginningOf(address: string): Promise<string | null> {
  const answer = await fetch(address, { headers: { Range: `bytes=0-${SHOWN_BYTES - 1}` } });
  if (answer.status === 416) return "";
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return textOf(new Uint8Array(await answer.arrayBuffer()));
}

export function textOf(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  const wide = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "";
  if (wide) return new TextDecoder(wide).decode(bytes);
  if (bytes.includes(0)) return null;
  try {
    // As a stream, a letter that is cut at the end is no mistake.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes); // what was written before there was anything better
  }
}
