/** Why a document is not shown. */
export type Trouble = "locked" | "broken" | "gone" | "lost" | "tooLarge";

/** The reader keeps a document in one piece of memory. */
export const LARGEST_BYTES = 512 * 1024 * 1024;

/** The server has no such bytes. */
export class Gone extends Error {
  override name = "Gone";
}

/** What a mistake means for who wanted to look. The reader's mistakes are told apart by name: they come from a worker. */
export function troubleOf(mistake: unknown): Trouble {
  const name = mistake instanceof Error ? mistake.name : "";
  if (name === "Gone") return "gone";
  if (name === "PasswordException") return "locked";
  // What fetch says of a line that broke. The reader wraps its own.
  return name === "TypeError" ? "lost" : "broken";
}

/**
 * The bytes from `begin` up to `end`.
 * @throws {Gone} where the server has no such bytes
 * @throws {TypeError} where the line broke
 */
export async function piece(address: string, begin: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
  const answer = await fetch(address, { headers: { Range: `bytes=${begin}-${end - 1}` }, signal });
  if (answer.status !== 206) {
    await answer.body?.cancel();
    throw new Gone(`the server answered ${answer.status}`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}
