/** The plain window's one talk: who one is, who is here, what stands on the screen, which file is on its way. */
import { sentence } from "../../i18n/index.svelte";
import {
  type Happening,
  type Refusal,
  RefusedError,
  type RoomState,
  type Salon,
  type SalonState,
} from "../../model/types";
import { objects, text, texts } from "../../model/wire";
import type { AgentLine } from "../../native/agent";
import type { Moved } from "../../native/words";
import { Printed } from "./lines";
import { downloadLines, explains, says } from "./words";

const LOBBY = "lobby";
const SCREEN_LINES = 2_000;

export interface Line {
  readonly key: number;
  readonly text: string;
}

/** Whether one is in: `away` while the server is looked for again. */
export type Standing = "out" | "knocking" | "in" | "away";

export class Chat {
  standing = $state<Standing>("out");
  name = $state("");
  address = $state("");
  lines = $state.raw<readonly Line[]>([]);
  people = $state.raw<readonly string[]>([]);
  files = $state.raw<readonly string[]>([]);
  download = $state.raw<Moved | null>(null);
  /** What has to be mended before a file can be had. */
  explained = $state.raw<{ title: string; sentence: string } | null>(null);
  /** Which field is to be mended; counts up so that the same one can be asked for again. */
  mend = $state.raw<{ field: "name" | "address" | "saveAs"; times: number }>({ field: "name", times: 0 });
  ended = $state(false);

  private printed = 0;
  private lobby: Printed | null = null;
  private own: Printed | null = null;
  private asking = false;
  /** The number of the file that is followed. */
  private followed = 0;
  /** What was told before that number was known. */
  private early: Moved[] = [];

  constructor(
    private readonly salon: Salon,
    private readonly agent: AgentLine,
    private readonly secret: () => string,
  ) {
    salon.subscribe((state) => this.turn(state));
    salon.hear((happening) => this.hear(happening));
    agent.listen({
      hello: (hello) => (this.address ||= hello.server),
      moved: (transfer) => this.moved(transfer),
      told: (message) => this.print(message),
      gone: () => this.gone(),
    });
  }

  // --- coming and going ---

  async login(): Promise<void> {
    this.name = this.name.trim();
    this.address = this.address.trim();
    if (!this.name) return this.wrong("name", says.noName);
    if (!this.address) return this.wrong("address", says.noAddress);
    this.standing = "knocking";
    try {
      await this.agent.ask("reach", { address: this.address });
    } catch (error) {
      this.standing = "out";
      return this.wrong("address", says.failed(this.address, why(error)));
    }
    this.salon.signIn(this.name);
  }

  /** Says goodbye and has the window closed. */
  logout(): void {
    this.ended = true;
    this.salon.signOut();
    this.print(says.loggedOut);
    void this.agent.ask("end", {}).catch(() => {});
  }

  private turn(state: SalonState): void {
    const status = state.status;
    if (status.kind === "signed-out") {
      if (status.refusal && this.standing === "knocking") this.wrong("name", sentence(status.refusal));
      this.standing = "out";
    } else if (status.kind === "refused") {
      if (this.standing !== "out") this.wrong("name", sentence(status.refusal));
      this.standing = "out";
    } else if (status.kind === "offline") {
      if (this.standing === "in") this.print(says.lost(this.address));
      this.standing = "away";
    } else if (status.kind === "connecting" && status.tries > 0 && this.standing === "knocking") {
      // It was there a moment ago, and is not any more.
      this.salon.signOut();
      this.wrong("address", says.failed(this.address, "the connection was lost"));
    }
  }

  private online(): void {
    const before = this.standing;
    this.standing = "in";
    this.name = this.salon.state.name;
    const room = this.salon.room(LOBBY);
    if (!this.lobby) {
      this.print(says.came(this.name));
      this.lobby = new Printed(room.state.head);
      room.setFollowing(true);
      room.subscribe((state) => {
        this.people = state.people ?? [];
        this.printSaid(state);
      });
    } else {
      this.lobby.begin(room.state.head);
      if (before === "away") this.print(says.back(this.address));
    }
    void this.agent.ask("session", { name: this.name, secret: this.secret() }).catch(() => {});
    void this.look();
  }

  private printSaid(state: RoomState): void {
    for (const line of this.lobby?.take(state) ?? []) this.print(line);
  }

  /** Nobody is shown to have left before their last words, which may wait for the next frame. */
  private passed(joined: string[], left: string[]): void {
    if (this.lobby) this.printSaid(this.salon.room(LOBBY).state);
    for (const name of joined) if (name !== this.name) this.print(says.came(name));
    for (const name of left) if (name !== this.name) this.print(says.gone(name));
  }

  private gone(): void {
    if (!this.ended) this.print(says.agentGone);
    this.ended = true;
    this.standing = "out";
    this.salon.close();
  }

  private wrong(field: "name" | "address", sentence: string): void {
    this.print(sentence);
    this.mend = { field, times: this.mend.times + 1 };
  }

  // --- talking ---

  /** Says it to everybody, or to one person. */
  say(text: string, to: string): void {
    if (!to) this.salon.room(LOBBY).say(text);
    else {
      if (to === this.name) this.hearMyself();
      this.salon.direct(to).say(text, { to });
    }
  }

  /** What one says to oneself is told by nobody else. */
  private hearMyself(): void {
    if (this.own) return;
    const room = this.salon.direct(this.name);
    const printed = (this.own = new Printed(room.state.head));
    room.subscribe((state) => {
      for (const line of printed.take(state)) this.print(line);
    });
  }

  private hear(happening: Happening): void {
    if (happening.kind === "online") this.online();
    else if (happening.kind === "said" && happening.room !== LOBBY) {
      this.print(says.said(happening.entry.sender, happening.entry.text));
    } else if (happening.kind === "noted" && /^(un)?shelved$/.test(happening.entry.what)) {
      if (happening.room === LOBBY) void this.look();
    } else if (happening.kind === "failed") {
      const { text: words, refusal } = happening.sending;
      this.print(says.notSent(words, refusal ? sentence(refusal) : ""));
      this.salon.room(happening.room).discard(happening.sending.id);
    } else if (happening.kind === "refused") this.print(sentence(happening.refusal));
    else if (happening.kind === "sign" && happening.what === "presence") {
      if (happening.room === LOBBY) this.passed(texts(happening.fields, "joined"), texts(happening.fields, "left"));
    }
    // What the operator says to everybody, and that private words are shown to them.
    else if (happening.kind === "sign" && /^(operator|log_private)$/.test(happening.what)) {
      this.print(text(happening.fields, "message"));
    }
  }

  // --- lists ---

  async showPeople(): Promise<void> {
    const answer = await this.ask("members");
    if (answer) this.print(says.online(answer.map(String)));
  }

  async showFiles(): Promise<void> {
    if (await this.look()) this.print(says.files(this.files));
  }

  /** Learns which files there are; false where nobody could be asked. */
  private async look(): Promise<boolean> {
    const names = await this.ask("files");
    if (names) this.files = names;
    return names !== null;
  }

  private async ask(what: "members" | "files"): Promise<string[] | null> {
    try {
      const answer = await this.salon.ask("list", { what, room: LOBBY });
      if (what === "files") return objects(answer, "files").map((file) => text(file, "name"));
      const names = answer.members;
      return Array.isArray(names) ? names.map(String) : [];
    } catch (error) {
      if (this.standing === "in") this.print(why(error));
      return null;
    }
  }

  // --- one file at a time ---

  /** Whether a file is on its way. */
  get moving(): boolean {
    return this.asking || (this.download !== null && !["done", "failed", "cancelled"].includes(this.download.state));
  }

  async get(file: string, savedAs: string): Promise<void> {
    if (!file) return this.explain(explains.noFileTitle, explains.noFile);
    if (!savedAs) return this.explain(explains.title, explains.noName(file));
    this.asking = true;
    this.download = null;
    try {
      const { number } = await this.agent.ask("get", { name: file, room: LOBBY, saved_as: savedAs });
      this.follow(number);
    } catch (error) {
      this.explain(explains.title, why(error));
    } finally {
      this.asking = false;
    }
  }

  /** Has the file that halted go on. */
  proceed(): void {
    if (this.download) void this.agent.ask("proceed", { number: this.download.number }).catch(() => {});
  }

  /** The explanation was read: now it can be mended. */
  understood(): void {
    this.explained = null;
    this.mend = { field: "saveAs", times: this.mend.times + 1 };
  }

  private explain(title: string, sentence: string): void {
    this.explained = { title, sentence };
  }

  private follow(number: number): void {
    this.followed = number;
    for (const transfer of this.early.splice(0)) this.moved(transfer);
  }

  private moved(transfer: Moved): void {
    if (transfer.number !== this.followed) {
      if (this.asking) this.early.push(transfer);
      return;
    }
    for (const line of downloadLines(this.download, transfer, this.name)) this.print(line);
    this.download = transfer;
  }

  private print(words: string): void {
    this.lines = [...this.lines.slice(1 - SCREEN_LINES), { key: ++this.printed, text: words }];
  }
}

/** Why it was not done, without what surrounds it elsewhere: `connection refused`. */
function why(error: unknown): string {
  if (!(error instanceof RefusedError)) return String(error);
  const refusal: Refusal = error.refusal;
  const reason = refusal.fields.why;
  return refusal.code === "no_server" && reason ? String(reason) : sentence(refusal);
}
