/** What is worth a colour: everything else is quiet. */
import type { Machine, RoomRow, SessionRow } from "./types";

export type Grade = "" | "warning" | "bad";

const LAG = 100; // entries; a moment's burst is fewer
const FULL = 256 * 1024; // bytes; the server writes no more to a connection that holds so many
const BACKLOG = 1_000; // commands that wait for the disk

export function gradeOfLag(lag: number): Grade {
  return lag >= 10 * LAG ? "bad" : lag >= LAG ? "warning" : "";
}

export function gradeOfBuffer(row: Pick<SessionRow, "buffered" | "parked">): Grade {
  return row.parked ? "bad" : row.buffered >= FULL / 2 ? "warning" : "";
}

export function gradeOfRoom(row: Pick<RoomRow, "lag" | "waiting">): Grade {
  return row.waiting >= BACKLOG ? "bad" : gradeOfLag(row.lag);
}

/** A disk of which a tenth is left, or of which Salon leaves the rest alone. */
export function gradeOfDisk(machine: Pick<Machine, "disk_free" | "disk_size">): Grade {
  const { disk_free: free, disk_size: size } = machine;
  if (free === null || size === null || size === 0) return "";
  const reserve = Math.min(size / 20, 1024 ** 3);
  return free <= reserve ? "bad" : free <= size / 10 ? "warning" : "";
}
