/** Addresses under which the browser itself can fetch a file, for what is shown in the page. */
import { addressOf } from "../../files/download";
import { isDirect } from "../../model/names";
import type { Salon } from "../../model/types";

/**
 * Where a picture or a film finds its bytes. What is looked at is no download and is not counted as one. In private rooms
 * the address carries a pass for this one file: the browser shows no ticket for a picture.
 */
export async function lookAddress(
  salon: Pick<Salon, "ticket">,
  file: { room: string; name: string; sha256: string },
): Promise<string> {
  const address = addressOf(file);
  if (!isDirect(file.room)) return `${address}?look`;
  const answer = await fetch(`${address}/pass`, {
    method: "POST",
    headers: { Authorization: `Bearer ${salon.ticket ?? ""}` },
  });
  if (!answer.ok) throw new Error(`no pass: ${answer.status}`);
  const { pass } = (await answer.json()) as { pass: string };
  return `${address}?look&pass=${encodeURIComponent(pass)}`;
}
