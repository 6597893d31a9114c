import type { Storage } from "./ports";
import type { Draft } from "./types";
import { isFields, number, text } from "./wire";

export const NO_DRAFT: Draft = { text: "", to: "", editing: 0 };

/** What was written in a room and not sent; kept at once, so that nothing is lost with the page. */
export class Drafts {
  private value: Draft | null = null;

  constructor(
    private readonly storage: Storage,
    private readonly room: () => string,
  ) {}

  get draft(): Draft {
    return (this.value ??= this.load());
  }

  /** Whether there is one now where there was none, or the other way round. */
  set(draft: Draft): boolean {
    const had = this.draft.text !== "";
    this.value = draft;
    if (draft.text || draft.to || draft.editing) this.storage.set(this.slot, JSON.stringify(draft));
    else this.storage.remove(this.slot);
    return had !== (draft.text !== "");
  }

  /** What is kept may be another now. */
  reload(): void {
    this.value = null;
  }

  private get slot(): string {
    return `salon/draft/${this.room()}`;
  }

  private load(): Draft {
    try {
      const value: unknown = JSON.parse(this.storage.get(this.slot) ?? "null");
      if (!isFields(value)) return NO_DRAFT;
      return { text: text(value, "text"), to: text(value, "to"), editing: number(value, "editing") };
    } catch {
      return NO_DRAFT;
    }
  }
}
