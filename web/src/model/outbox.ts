/**
 * What was asked and not answered yet, in the order in which it was asked.
 *
 * Commands (what is said, edited, deleted …) are kept over a reload and sent again after a cut, in order, under the ids
 * they had: the server does each once. Requests (history, lists, joining) have somebody who waits for their answer, and
 * are sent again after a cut too.
 */
import type { World } from "./ports";
import { CLOSED } from "./refused";
import { RefusedError, type Refusal, type Sending } from "./types";
import { type Fields, isFields, number, refusal, text } from "./wire";

export type CommandType = Sending["what"];

export interface Command {
  readonly kind: "command";
  readonly id: string;
  readonly type: CommandType;
  readonly payload: Fields;
  /** In which room it is shown; of a first private message, where that room is going to be. */
  readonly room: string;
  readonly time: number;
  readonly state: Sending["state"];
  readonly refusal: Refusal | null;
  /** It went out on some line: it may have arrived, and cannot be called back. */
  readonly tried: boolean;
  /** Number of its entry, once it is on disk. */
  readonly seq: number;
  /** Where it is kept. */
  readonly slot: string;
}

interface Request {
  readonly kind: "request";
  readonly id: string;
  readonly type: string;
  readonly payload: Fields;
  readonly fold: (answer: Fields) => void;
  readonly resolve: (answer: Fields) => void;
  readonly reject: (error: RefusedError) => void;
}

const SLOT = "salon/out/";

export class Outbox {
  /** Why something is not kept over a reload: the last attempt to write it failed. */
  unkept = false;
  private readonly prefix: string;
  private counter = 0;
  private readonly asked = new Map<string, Command | Request>();

  constructor(
    private readonly world: World,
    /** Sends it now; false where there is no line. */
    private readonly write: (type: string, payload: Fields) => boolean,
    /** A command changed: its room's state is another. */
    private readonly changed: (command: Command) => void,
  ) {
    this.prefix = world.random(9);
    for (const command of kept(world)) this.asked.set(command.id, command);
  }

  /** All commands, in their order. */
  commands(): Command[] {
    return [...this.asked.values()].filter((one) => one.kind === "command");
  }

  find(id: string): Command | null {
    const one = this.asked.get(id);
    return one?.kind === "command" ? one : null;
  }

  // --- asking ---

  command(type: CommandType, room: string, payload: Fields): string {
    const id = this.newId();
    const time = this.world.now();
    const slot = `${SLOT}${time.toString(36).padStart(9, "0")}-${id}`;
    this.post({
      kind: "command",
      id,
      type,
      payload,
      room,
      time,
      state: "waiting",
      refusal: null,
      tried: false,
      seq: 0,
      slot,
    });
    return id;
  }

  /** `fold` is given the answer in the step in which it comes, before anything that follows it. */
  request(type: string, payload: Fields, fold: (answer: Fields) => void = () => {}): Promise<Fields> {
    return new Promise((resolve, reject) => {
      const id = this.newId();
      this.asked.set(id, { kind: "request", id, type, payload, fold, resolve, reject });
      this.write(type, { ...payload, id });
    });
  }

  /** There is a line again: everything goes out that has no answer. */
  resend(): void {
    for (const one of [...this.asked.values()]) {
      if (one.kind === "request") this.write(one.type, { ...one.payload, id: one.id });
      else if (one.state === "waiting" || one.state === "sending") this.send(one);
    }
  }

  /** The line is gone: what was under way waits. */
  rest(): void {
    for (const one of this.commands()) {
      if (one.state === "sending") this.put({ ...one, state: "waiting" });
    }
  }

  // --- answers ---

  /** Something is done. The command stays until its entry is seen (`seen`); null where nobody waits for that. */
  settle(id: string, answer: Fields): Command | null {
    const one = this.asked.get(id);
    if (!one) return null;
    if (one.kind === "request") {
      this.asked.delete(id);
      one.fold(answer);
      one.resolve(answer);
      return null;
    }
    this.world.storage.remove(one.slot);
    // A private room may be called otherwise than one thought.
    const room = text(answer, "room") || one.room;
    const settled: Command = { ...one, room, state: "sent", refusal: null, seq: number(answer, "seq") };
    this.asked.set(id, settled);
    if (room !== one.room) this.changed(one);
    this.changed(settled);
    return settled;
  }

  /** Something was refused; the command that was, or null. `false` where the id is of nothing known here. */
  fail(id: string, why: Refusal): Command | null | false {
    const one = this.asked.get(id);
    if (!one) return false;
    if (one.kind === "request") {
      this.asked.delete(id);
      one.reject(new RefusedError(why));
      return null;
    }
    // A server that closes has done nothing: the next line is soon there, and this goes out on it.
    const failed: Command =
      why.code === "closing" ? { ...one, state: "waiting" } : { ...one, state: "failed", refusal: why };
    this.put(failed);
    this.keep(failed);
    return failed;
  }

  /** Everything up to this entry has been seen: commands that stand there are done. True where there were some. */
  seen(room: string, seq: number): boolean {
    let some = false;
    for (const one of this.asked.values()) {
      if (one.kind !== "command" || one.state !== "sent" || one.room !== room || one.seq > seq) continue;
      this.asked.delete(one.id);
      some = true;
    }
    return some;
  }

  // --- what people do about it ---

  retry(id: string): void {
    const one = this.find(id);
    if (one?.state !== "failed") return;
    // An id that was used for something else is of no use; every other one is what makes this happen only once.
    const reused = one.refusal?.code === "id_reused";
    this.forget(one);
    this.post({ ...one, id: reused ? this.newId() : one.id, state: "waiting", refusal: null });
  }

  /** False where it is on its way, or done. */
  discard(id: string): boolean {
    const one = this.find(id);
    if (!one || (one.state !== "failed" && (one.tried || one.state !== "waiting"))) return false;
    this.forget(one);
    this.changed(one);
    return true;
  }

  /** Nothing of it matters any more. */
  clear(): void {
    for (const one of [...this.asked.values()]) {
      this.asked.delete(one.id);
      if (one.kind === "request") one.reject(new RefusedError(CLOSED));
      else this.world.storage.remove(one.slot);
    }
  }

  // --- helpers ---

  private newId(): string {
    this.counter += 1;
    return `${this.prefix}${this.counter.toString(16).padStart(6, "0")}`;
  }

  /** Stand at the end, be kept, go out. Kept first: what goes out must not be forgotten. */
  private post(command: Command): void {
    this.asked.set(command.id, command);
    this.keep(command);
    this.send(command);
    this.changed(command);
  }

  private send(command: Command): void {
    if (!this.write(command.type, { ...command.payload, id: command.id })) return;
    const sent: Command = { ...command, state: "sending", tried: true };
    this.put(sent);
    if (!command.tried) this.keep(sent);
  }

  private put(command: Command): void {
    this.asked.set(command.id, command);
    this.changed(command);
  }

  private keep(command: Command): void {
    this.unkept = !this.world.storage.set(command.slot, JSON.stringify(command));
  }

  private forget(command: Command): void {
    this.asked.delete(command.id);
    this.world.storage.remove(command.slot);
  }
}

/** What an earlier page of this browser left behind, in its order. */
function kept(world: World): Command[] {
  const slots = world.storage.keys().filter((key) => key.startsWith(SLOT));
  return slots.sort().flatMap((slot) => {
    const command = restored(slot, world.storage.get(slot) ?? "");
    if (!command) world.storage.remove(slot);
    return command ? [command] : [];
  });
}

const TYPES: readonly string[] = ["message", "edit", "delete", "topic", "unshelve"] satisfies CommandType[];

function restored(slot: string, value: string): Command | null {
  let fields: unknown;
  try {
    fields = JSON.parse(value);
  } catch {
    return null;
  }
  if (!isFields(fields) || !isFields(fields.payload)) return null;
  const [id, type] = [text(fields, "id"), text(fields, "type")];
  if (!id || !TYPES.includes(type)) return null;
  const failed = fields.state === "failed";
  return {
    kind: "command",
    id,
    type: type as CommandType,
    payload: fields.payload,
    room: text(fields, "room"),
    time: number(fields, "time"),
    state: failed ? "failed" : "waiting",
    refusal: failed && isFields(fields.refusal) ? refusal(fields.refusal) : null,
    tried: fields.tried === true,
    seq: 0,
    slot,
  };
}

/** A command as it is shown. */
export function sending(command: Command): Sending {
  return {
    key: `out-${command.id}`,
    id: command.id,
    what: command.type,
    text: text(command.payload, "text"),
    seq: number(command.payload, "seq"),
    to: text(command.payload, "to"),
    time: command.time,
    state: command.state,
    refusal: command.refusal,
  };
}
