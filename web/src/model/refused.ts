import type { Refusal } from "./types";

/** The connection is gone before an answer came. */
export function lostServer(server: string): Refusal {
  return {
    code: "lost_server",
    message: `The connection to ${server} was lost.`,
    fields: { server },
    retry: true,
  };
}

/** The page has ended what was asked: somebody signed out. */
export const CLOSED: Refusal = {
  code: "closed",
  message: "This client has said goodbye already.",
  fields: {},
  retry: false,
};
