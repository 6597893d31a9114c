/** Die Sätze der Dateien, auf Deutsch. */
import type { Catalogue } from "./en";

const plural = new Intl.PluralRules("de");

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("de")} ${plural.select(number) === "one" ? one : many}`;
}

export const files: Catalogue["files"] = {
  title: "Dateien",
  shelf: "Regal",
  keeps: (keep) =>
    keep === 1 ? "Behält die neueste Datei" : `Behält die ${keep.toLocaleString("de")} neuesten Dateien`,
  keepsAll: "Behält jede Datei",
  library: "Bibliothek",
  libraryHint: "Angeboten von dem, der diesen Salon betreibt.",
  transfers: "Übertragungen",
  loading: "Schaut, was im Regal steht",
  empty: "Im Regal steht noch nichts",
  emptyAdvice: "Zieh eine Datei irgendwo in diesen Raum, füge eine ein oder wähle sie hier.",
  failed: "Das Regal war nicht zu lesen.",
  tryAgain: "Noch einmal",

  attach: "Dateien senden",
  attachFolder: "Einen Ordner senden",
  drop: (room) => `Loslassen sendet an ${room}`,
  dropHint: "Dateien und ganze Ordner",
  nothingDropped: "Darin war keine Datei.",

  offer: {
    title: (files) => `${count(files, "Datei", "Dateien")} senden?`,
    pushesOut: "Dafür verlassen diese das Regal:",
    replaces: "Diese werden ersetzt:",
    send: "Senden",
    dont: "Nicht senden",
    total: (files, size) => `${count(files, "Datei", "Dateien")}, ${size}`,
    more: (more) => `und ${count(more, "weitere Datei", "weitere Dateien")}`,
  },

  state: {
    queued: "Wartet, bis sie dran ist",
    checking: "Wird geprüft",
    sending: (percent) => `Wird gesendet, ${percent} %`,
    getting: (percent) => `Wird geholt, ${percent} %`,
    arriving: (percent) => `Kommt an, ${percent} %`,
    still: (percent) => `Steht still bei ${percent} %`,
    finishing: "Kommt ins Regal",
    waiting: (percent) => `Wartet auf die Verbindung bei ${percent} %`,
    busy: (percent) => `Wartet auf den Server bei ${percent} %`,
    paused: (percent) => `Angehalten bei ${percent} %`,
    needsFile: "Die Seite wurde neu geladen. Wähle dieselbe Datei, dann geht es weiter.",
    onShelf: "Steht im Regal",
    sent: "Steht im Regal",
    got: "Gespeichert und geprüft",
    gotUnchecked: "Gespeichert",
    place: (place: string) => `Geprüft und gespeichert als ${place}`,
    failed: "Das ging nicht.",
    cancelled: "Aufgegeben",
    left: "Hat das Regal verlassen",
    replaced: "Eine neuere heißt so",
    leaves: (after) => (after === 1 ? "Geht mit der nächsten Datei" : `Geht nach ${after} weiteren Dateien`),
    downloads: (times) =>
      times === 0 ? "" : times === 1 ? "einmal geholt" : `${times.toLocaleString("de")}-mal geholt`,
    evicts: (names) => `Nimmt aus dem Regal: ${names}`,
  },

  left: (time) => `noch ${time}`,
  rate: (size) => `${size}/s`,
  progress: (name) => `Wie weit ${name} ist`,
  of: (name) => `Datei ${name}`,
  from: (name) => `von ${name}`,

  get: "Holen",
  getName: (name) => `${name} holen`,
  saveAs: "Speichern unter …",
  look: "Ansehen",
  lookName: (name) => `${name} ansehen`,
  pause: "Anhalten",
  pauseName: (name) => `${name} anhalten`,
  proceed: "Weiter",
  proceedName: (name) => `Weiter mit ${name}`,
  cancel: "Abbrechen",
  cancelName: (name) => `${name} abbrechen`,
  again: "Noch einmal",
  againName: (name) => `Noch einmal: ${name}`,
  dismiss: "Entfernen",
  dismissName: (name) => `${name} aus der Liste entfernen`,
  choose: "Datei wählen",
  chooseName: (name) => `Datei wählen: noch einmal ${name}`,
  otherFile: "Das ist eine andere Datei, oder sie wurde inzwischen geändert.",
  saveAgain: "Noch einmal speichern",
  saveAgainName: (name) => `Noch einmal speichern: ${name}`,
  more: (name) => `Mehr über ${name}`,
  unshelve: "Aus dem Regal nehmen",
  unshelveSure: "Für alle wegnehmen?",
  unshelveYes: "Wegnehmen",
  hash: "SHA-256",
  copyHash: "SHA-256 kopieren",
  noHash: "Bekannt, sobald jemand sie geholt hat.",

  saving: {
    title: "Speichern unter",
    label: "Name auf diesem Gerät",
    save: "Speichern",
    empty: "Eine Datei braucht einen Namen.",
    rather: (name) => `${name} nennen`,
  },

  looking: {
    loading: "Die Datei kommt",
    tooLong: (size) => `Das ist der Anfang von ${size}.`,
    noText: "Das ist kein Text.",
    broken: "Der Browser kann diese Datei nicht zeigen.",
    gone: "Die Datei steht nicht mehr im Regal.",
    picture: (name) => `Bild ${name}`,
    pdf: {
      pages: (name) => `Seiten von ${name}`,
      page: (number, count) => `Seite ${number} von ${count}`,
      goto: "Seite",
      of: (count) => `von ${count}`,
      smaller: "Kleiner",
      larger: "Größer",
      fit: "So breit wie das Fenster",
      locked:
        "Dieses PDF öffnet sich nur mit einem Kennwort. Hol es und öffne es mit einem Programm, das danach fragt.",
      broken: "Das ist kein PDF, oder es ist beschädigt.",
      badPage: "Diese Seite lässt sich nicht zeigen.",
      tooLarge: "Dieses PDF ist zu groß zum Ansehen. Hol es und öffne es dort.",
      lost: "Die Verbindung brach ab, während das PDF kam. Schließ es und sieh es noch einmal an.",
    },
  },

  announce: {
    sent: (name) => `${name} steht im Regal.`,
    got: (name) => `${name} ist gespeichert.`,
    failed: (name) => `${name} ist nicht angekommen.`,
  },
};
