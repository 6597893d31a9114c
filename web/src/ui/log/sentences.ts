/** Entries and comings and goings as sentences in the reader's language. */
import { t } from "../../i18n/index.svelte";
import type { Noted } from "../../model/types";
import type { PresenceLine } from "./lines";
import { isolated } from "./times";

/** What happened; of kinds that this page does not know, the server's own sentence. */
export function noted(entry: Noted): string {
  const who = isolated(entry.sender);
  if (entry.what === "topic") return entry.topic ? t.log.topic(who, isolated(entry.topic)) : t.log.noTopic(who);
  if (entry.what === "shelved") return t.log.shelved(who, isolated(entry.name));
  if (entry.what === "unshelved") return t.log.unshelved(who, isolated(entry.name));
  return entry.message;
}

export function passing(line: PresenceLine): string {
  const { joined, left, passed } = line;
  return [
    joined.length > 0 ? t.log.joined(joined.map(isolated)) : "",
    left.length > 0 ? t.log.left(left.map(isolated)) : "",
    passed.length > 0 ? t.log.passed(passed.map(isolated)) : "",
  ]
    .filter(Boolean)
    .join(" ");
}
