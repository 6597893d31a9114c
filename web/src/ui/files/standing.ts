/** What has become of a file that the log tells of. */
import type { Shelved } from "../../files/types";

export interface Standing {
  readonly where: "unknown" | "shelf" | "replaced" | "left";
  readonly file: Shelved | null;
}

/** A file that came again is on the shelf once: the older entry says that a newer one has its name. */
export function standing(
  shelf: readonly Shelved[] | null,
  entry: { readonly name: string; readonly sha256: string; readonly time: number },
): Standing {
  if (!shelf) return { where: "unknown", file: null };
  const named = shelf.find((file) => file.name === entry.name && !file.library);
  if (!named) return { where: "left", file: null };
  if (named.sha256 === entry.sha256) return { where: "shelf", file: named };
  return { where: "replaced", file: null };
}
