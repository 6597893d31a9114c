/** From the agent's first word to a person who is in: which server, who, and with what they left there. */
import { alsoKeep, kept as browserKept } from "../common/kept";
import { deskOf } from "../files/desk";
import { showTheme, storedTheme } from "../shell/theme";
import { browserTransfers } from "../../files/browser";
import { sentence, showLanguage, wantedLanguage } from "../../i18n/index.svelte";
import { browserWorld } from "../../model/browser";
import { createSalon } from "../../model/salon";
import { RefusedError, type Salon, type SalonState } from "../../model/types";
import type { AgentLine } from "../../native/agent";
import { getNative, setNative } from "../../native/here";
import { talkTo } from "../../native/place";
import { agentStorage } from "../../native/storage";
import { AgentTransfers } from "../../native/transfers";
import type { Hello } from "../../native/words";

/** What is chosen once and holds for every page of a browser: theme and language. */
const CHOICES = ["salon.theme", "salon.language"];

export class Entry {
  salon = $state.raw<Salon | null>(null);
  hello = $state.raw<Hello | null>(null);
  address = $state("");
  name = $state("");
  /** The server is being asked. */
  waiting = $state(false);
  /** Why the last address would not do. */
  problem = $state("");
  gone = $state(false);

  /** Whoever signs out closes the window; whoever is only asked for another name does not. */
  #wasIn = false;

  constructor(private readonly agent: AgentLine) {
    agent.listen({
      hello: (hello) => void this.#begin(hello),
      gone: () => {
        this.gone = true;
        this.salon?.close();
      },
    });
  }

  /** Whoever was here before, and is asked for nothing, is in at once. */
  async #begin(hello: Hello): Promise<void> {
    this.address = hello.server;
    this.name = hello.name;
    if (hello.server) await this.#reach(true);
    this.hello = hello;
  }

  /** Goes to the server that was typed, and in. */
  async enter(): Promise<void> {
    if (!this.waiting && this.hello) await this.#reach(false);
  }

  async #reach(quietly: boolean): Promise<void> {
    this.waiting = true;
    this.problem = "";
    try {
      const { address, kept } = await this.agent.ask("reach", { address: this.address });
      this.address = address;
      const known = kept["salon/name"] ?? "";
      if (!this.name) this.name = known;
      if (!quietly || (known && known === this.name)) this.#comeIn(kept);
    } catch (error) {
      this.problem = error instanceof RefusedError ? sentence(error.refusal) : String(error);
    } finally {
      this.waiting = false;
    }
  }

  #comeIn(kept: Readonly<Record<string, string>>): void {
    talkTo(this.address);
    const keep = (key: string, value: string | null) => void this.agent.ask("keep", { key, value }).catch(() => {});
    for (const key of CHOICES) if (kept[key]) browserKept.setItem(key, kept[key]);
    showTheme(storedTheme(browserKept));
    void showLanguage(wantedLanguage(browserKept, navigator.languages));
    alsoKeep(keep);
    const storage = agentStorage(kept, keep);
    const salon = createSalon({ ...browserWorld(), storage });
    const { transfers } = deskOf(
      salon,
      (one, shelves) => new AgentTransfers(browserTransfers(one, shelves), this.agent, () => Date.now(), storage),
    );
    setNative({ agent: this.agent, transfers: transfers as AgentTransfers, hello: this.hello });
    salon.subscribe((state) => this.#turn(state));
    salon.hear((happening) => {
      if (happening.kind !== "online") return;
      const session = { name: salon.state.name, secret: storage.get("salon/secret") ?? "" };
      void this.agent.ask("session", session).catch(() => {});
    });
    if (salon.state.name !== this.name.trim()) salon.signIn(this.name.trim());
    this.salon = salon;
  }

  #turn({ status }: SalonState): void {
    if (status.kind === "online") this.#wasIn = true;
    if (status.kind === "signed-out" && !status.refusal && this.#wasIn) {
      this.#wasIn = false;
      getNative()?.transfers.forget();
      void this.agent.ask("end", {}).catch(() => {});
    }
  }
}
