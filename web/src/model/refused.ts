/** What the model refuses itself, in the words of the catalogue. */
import { closed, lost_server } from "../generated/refusals.json";
import type { Refusal } from "./types";

/** The connection is gone before an answer came. */
export function lostServer(server: string): Refusal {
  const message = lost_server.replace("{server}", () => server);
  return { code: "lost_server", message, fields: { server }, retry: true };
}

/** The page has ended what was asked: somebody signed out. */
export const CLOSED: Refusal = { code: "closed", message: closed, fields: {}, retry: false };
