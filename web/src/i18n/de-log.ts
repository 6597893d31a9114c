/** Die Sätze des Gesprächs und des Schreibfelds, auf Deutsch. */
import type { Catalogue } from "./en";

const plural = new Intl.PluralRules("de");

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("de")} ${plural.select(number) === "one" ? one : many}`;
}

/** „Ann“, „Ann und Bob“, „Ann, Bob und 3 andere“. */
function several(names: readonly string[]): string {
  if (names.length <= 2) return names.join(" und ");
  const others = names.length - 2;
  return others === 1 ? `${names[0]}, ${names[1]} und ${names[2]}` : `${names[0]}, ${names[1]} und ${others} andere`;
}

export const log: Catalogue["log"] = {
  label: (room) => `Nachrichten in ${room}`,
  today: "Heute",
  yesterday: "Gestern",
  fresh: "Neue Nachrichten",
  newest: "Neueste",
  newestCount: (fresh) => count(fresh, "neue Nachricht", "neue Nachrichten"),
  loading: "Ältere Nachrichten kommen",
  loadingNewer: "Neuere Nachrichten kommen",
  loadFailed: "Diese Nachrichten waren nicht zu bekommen.",
  tryAgain: "Noch einmal",
  beginning: "Hier fängt es an.",
  beginningKept: "Ältere Nachrichten werden nicht mehr aufbewahrt.",
  gapFilling: (messages) => `${count(messages, "Nachricht kommt", "Nachrichten kommen")}`,
  gapGone: (messages) => `${count(messages, "Nachricht wird", "Nachrichten werden")} nicht mehr aufbewahrt.`,

  you: "du",
  edited: "geändert",
  deleted: "Diese Nachricht wurde gelöscht.",
  waiting: "Wartet auf die Verbindung",
  sending: "Wird gesendet",
  saving: "Wird geändert",
  failed: "Nicht gesendet.",
  failedTo: {
    edit: "Nicht geändert.",
    delete: "Nicht gelöscht.",
    topic: "Das Thema wurde nicht geändert.",
    unshelve: "Nicht weggenommen.",
  },
  retry: "Noch einmal senden",
  discard: "Verwerfen",
  privately: (name) => `nur an ${name}`,
  topic: (name, topic) => `${name} hat das Thema gesetzt: ${topic}`,
  noTopic: (name) => `${name} hat das Thema entfernt.`,
  shelved: (name, file) => `${name} hat ${file} ins Regal gestellt.`,
  unshelved: (name, file) => `${name} hat ${file} aus dem Regal genommen.`,
  joined: (names) => `${several(names)} ${names.length === 1 ? "ist" : "sind"} hereingekommen.`,
  left: (names) => `${several(names)} ${names.length === 1 ? "ist" : "sind"} gegangen.`,
  passed: (names) => `${several(names)} ${names.length === 1 ? "war" : "waren"} kurz da.`,

  more: (characters) => `Alles zeigen (${characters.toLocaleString("de")} Zeichen)`,
  less: "Weniger zeigen",
  longText: "Eine lange Nachricht",
  odd: (code) => `${code}: ein Zeichen, das man nicht sieht oder das ändert, wie die anderen aussehen`,
  code: (language) => (language ? `Code, ${language}` : "Code"),
  copyCode: "Diesen Code kopieren",

  actions: "Was man mit dieser Nachricht tun kann",
  copy: "Kopieren",
  copied: "Kopiert.",
  copyFailed: "Der Browser ließ die Seite nicht kopieren.",
  quote: "Zitieren",
  edit: "Ändern",
  delete: "Löschen",
  deleteSure: "Für alle löschen?",
  keep: "Behalten",
  key: (action, key) => `${action} (${key})`,

  said: (name, text) => `${name}: ${text}`,
  came: (messages) => count(messages, "neue Nachricht", "neue Nachrichten"),
};

export const compose: Catalogue["compose"] = {
  label: (room) => `Nachricht an ${room}`,
  placeholder: "Nachricht …",
  privatePlaceholder: (name) => `Nur ${name} wird das lesen …`,
  send: "Senden",
  save: "Speichern",
  to: "An",
  all: "Alle",
  editing: "Du änderst deine Nachricht",
  editingHint: "Esc lässt sie, wie sie war.",
  cancel: "Abbrechen",
  tooLong: (over, most) =>
    `${count(over, "Zeichen", "Zeichen")} zu viel: höchstens ${most.toLocaleString("de")} Zeichen gehen auf einmal.`,
  sentPrivately: (name) => `Nur an ${name} gesendet.`,
  openDirect: "Öffnen",
};
