/** What other parts of the page ask of a room's composer. */

export type Request =
  | { readonly kind: "focus" }
  /** Change the message of this number, which now reads so. */
  | { readonly kind: "edit"; readonly seq: number; readonly text: string }
  /** Answer to this text. */
  | { readonly kind: "quote"; readonly text: string };

const composers = new Map<string, (request: Request) => void>();

/** The composer of this room listens. Returns how to end that. */
export function serve(room: string, listener: (request: Request) => void): () => void {
  composers.set(room, listener);
  return () => {
    if (composers.get(room) === listener) composers.delete(room);
  };
}

/** Asks it of the room's composer; nothing happens where none is on the screen. */
export function request(room: string, wanted: Request): void {
  composers.get(room)?.(wanted);
}
