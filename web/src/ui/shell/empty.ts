import type { RoomState } from "../../model/types";

/** Whether nothing was ever said here, as far as is kept: people who come and go are no conversation, nor is a topic. */
export function nothingSaid(room: RoomState): boolean {
  return (
    !room.loading &&
    room.older === "none" &&
    room.newer === "none" &&
    room.outbox.length === 0 &&
    room.rows.every((row) => row.kind === "presence" || (row.kind === "noted" && row.what === "topic"))
  );
}
