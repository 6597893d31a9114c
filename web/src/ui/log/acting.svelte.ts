/** What a message's buttons and keys do in one room. */
import type { Room, Said } from "../../model/types";
import { request } from "../compose/requests";
import type { Acts } from "./acts";
import { copy } from "./copying";

export class Acting implements Acts {
  private key = $state("");

  constructor(private readonly room: Room) {}

  get asked(): string {
    return this.key;
  }

  copy(said: Said): void {
    void copy(said.text);
  }

  quote(said: Said): void {
    request(this.room.key, { kind: "quote", text: said.text });
  }

  edit(said: Said): void {
    request(this.room.key, { kind: "edit", seq: said.seq, text: said.text });
  }

  ask(said: Said): void {
    this.key = said.key;
  }

  remove(said: Said): void {
    this.key = "";
    this.room.redact(said.seq);
    request(this.room.key, { kind: "focus" });
  }

  keep(said: Said): void {
    if (this.key === said.key) this.key = "";
  }
}
