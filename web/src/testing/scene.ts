import { createSalon } from "../model/salon";
import type { Room, RoomState, Row, Salon } from "../model/types";
import { SimulatedServer } from "./server";
import { MemoryStorage, SimulatedWorld } from "./world";

/** A server, one person's page, and time that a test passes. */
export interface Scene {
  readonly server: SimulatedServer;
  readonly world: SimulatedWorld;
  readonly salon: Salon;
}

export function scene(storage = new MemoryStorage(), server = new SimulatedServer(), seed = 1): Scene {
  const world = new SimulatedWorld(server.accept, storage, seed);
  server.world = world;
  return { server, world, salon: createSalon(world) };
}

/** Ann is in, and looks at a room. */
export async function inRoom(
  key = "garden",
  prepare: (server: SimulatedServer) => void = () => {},
): Promise<Scene & { room: Room; look: () => RoomState; stop: () => void }> {
  const stage = scene();
  prepare(stage.server);
  const room = stage.salon.room(key);
  const stop = room.subscribe(() => {});
  stage.salon.signIn("Ann", key);
  await stage.world.pass(200);
  return { ...stage, room, look: () => room.state, stop };
}

/** What the rows say, for a test to read. */
export function shown(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    if (row.kind === "said") return row.redacted ? `${row.sender}: (deleted)` : `${row.sender}: ${row.text}`;
    if (row.kind === "noted") return `* ${row.what}`;
    if (row.kind === "presence") return `+${row.joined.join()} -${row.left.join()}`;
    return `gap ${row.from}-${row.to} ${row.state}`;
  });
}
