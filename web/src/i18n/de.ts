/** Jeder Satz der App, auf Deutsch. Die Form ist die von `en.ts`; ein Satz, der fehlt, ist ein Fehler der Typen. */
import { files } from "./de-files";
import { compose, log } from "./de-log";
import { reasons, refusals } from "./de-refusals";
import type { Catalogue } from "./en";

const plural = new Intl.PluralRules("de");

/** „1 Nachricht“, „2 Nachrichten“. */
function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("de")} ${plural.select(number) === "one" ? one : many}`;
}

export const de: Catalogue = {
  app: {
    name: "Salon",
    loading: "Salon beginnt.",
    skipToMessages: "Zu den Nachrichten",
    skipToWriting: "Zum Schreiben",
    unreadTitle: (unread, title) => `(${unread > 99 ? "99+" : unread}) ${title}`,
  },

  signIn: {
    title: "Herein",
    invited: (room) => `Du bist in ${room} eingeladen.`,
    where: (host) => `Dieser Salon läuft auf ${host}.`,
    name: "Dein Name",
    hint: "So sehen dich die anderen. Ein Passwort gibt es nicht.",
    submit: "Hereinkommen",
    waiting: "Klopft an …",
    empty: "Gib zuerst einen Namen ein.",
    offline: "Der Server antwortet nicht. Die Seite versucht es weiter.",
  },

  rooms: {
    title: "Räume",
    direct: "Zu zweit",
    find: "Finden oder betreten",
    unread: (unread) => count(unread, "ungelesene Nachricht", "ungelesene Nachrichten"),
    more: (unread) => (unread > 99 ? "99+" : String(unread)),
    none: "Du bist in keinem Raum.",
    noneAdvice: "Such einen oder mach einen eigenen.",
    waiting: (waiting) => `${waiting} ${waiting === 1 ? "wartet" : "warten"}`,
    failed: (failed) => `${failed} nicht gesendet`,
    draft: "Entwurf",
  },

  switcher: {
    title: "Einen Raum finden oder machen",
    label: "Ein Raum oder ein Mensch",
    placeholder: "Name eines Raums oder eines Menschen",
    yours: "Deine Räume",
    open: "Andere Räume hier",
    people: "Wer da ist",
    make: (name) => `Den Raum ${name} machen`,
    here: (here) => `${here.toLocaleString("de")} da`,
    unread: (unread) => `${unread.toLocaleString("de")} ungelesen`,
    nothing: "So heißt hier nichts.",
    found: (found) => count(found, "Treffer", "Treffer"),
  },

  room: {
    about: "Über diesen Raum",
    here: (here) => `${here.toLocaleString("de")} da`,
    showPeople: (here) => `Leute, ${here.toLocaleString("de")} da`,
    back: "Räume",
    topic: "Thema",
    addTopic: "Ein Thema setzen",
    topicHint: "Worum es in diesem Raum geht. Alle hier können es ändern.",
    saveTopic: "Speichern",
    topicSaved: "Das Thema ist gespeichert.",
    leave: "Den Raum verlassen",
    left: (name) => `Du hast ${name} verlassen.`,
    leaveHint: "Was hier gesagt wurde, bleibt. Du kannst jederzeit zurückkommen.",
    messages: "Nachrichten",
    writing: "Schreiben",
    private: (name) => `Zwischen dir und ${name}`,
    opening: (name) => `${name} wird geöffnet`,
    missing: (name) => `Du bist nicht in ${name}.`,
    missingAdvice: "Vielleicht hast du den Raum verlassen, oder es hat ihn noch niemand gemacht.",
    join: "Hineingehen",
    typing: (names) =>
      names.length === 1
        ? `${names[0]} schreibt …`
        : names.length === 2
          ? `${names[0]} und ${names[1]} schreiben …`
          : "Mehrere schreiben …",
  },

  empty: {
    alone: "Noch ist niemand sonst da",
    aloneAdvice: "Schick diesen Link denen, mit denen du reden willst. Sie brauchen nur einen Browser.",
    quiet: "Hier wurde noch nichts gesagt",
    quietAdvice: (here) => `${count(here, "anderer ist", "andere sind")} da. Sag etwas.`,
    direct: (name) => `Das bleibt zwischen dir und ${name}`,
    directAdvice: "Niemand sonst hier kann es lesen. Wer diesen Salon betreibt, könnte es.",
  },

  invite: {
    title: "Einladen",
    label: "Link in diesen Raum",
    copy: "Kopieren",
    copied: "Kopiert",
    copyFailed: "Der Browser ließ die Seite nicht kopieren. Der Link ist markiert: kopiere ihn selbst.",
    ownMachine:
      "Diese Adresse geht nur auf diesem Computer. Andere brauchen an ihrer Stelle seinen Namen oder seine Nummer im Netz.",
  },

  people: {
    title: "Leute",
    here: "Jetzt da",
    you: "du",
    filter: "Jemanden finden",
    talk: (name) => `Mit ${name} allein reden`,
    none: "So heißt hier niemand.",
    loading: "Schaut, wer da ist",
    count: (here) => count(here, "Mensch ist da", "Menschen sind da"),
  },

  line: {
    offline: "Die Verbindung ist weg.",
    network: "Dieses Gerät hat kein Netz.",
    stillWorks: "Du kannst weiter lesen und schreiben; was du schreibst, geht von selbst hinaus.",
    waits: (waiting) =>
      `Du kannst weiter lesen. ${count(waiting, "Nachricht wartet und geht", "Nachrichten warten und gehen")} von selbst hinaus.`,
    next: (seconds) => `Nächster Versuch in ${seconds} s.`,
    trying: "Versucht es wieder …",
    retry: "Jetzt versuchen",
    back: "Die Verbindung ist wieder da.",
    closing: "Der Server wurde geschlossen. Die Seite verbindet sich, wenn er zurück ist.",
    logged: "Wer diesen Server betreibt, sieht, was hier unter vier Augen gesagt wird.",
    storage: "Der Server kann gerade nichts aufschreiben. Was du schreibst, wartet hier.",
  },

  out: {
    title: "Du bist draußen",
    again: "Wieder hereinkommen",
    reload: "Die Seite neu laden",
    newer: "Der Server ist neuer als diese Seite.",
  },

  settings: {
    title: "Einstellungen",
    open: (name) => `Einstellungen von ${name}`,
    name: "Dein Name",
    nameHint: "Um ihn zu ändern, melde dich ab und komm wieder herein.",
    theme: "Farben",
    themes: { auto: "System", light: "Hell", dark: "Dunkel" },
    language: "Sprache",
    notices: "Benachrichtigungen",
    noticesLabel: "Sag es mir, wenn jemand schreibt und diese Seite nicht vorn ist",
    noticesDenied: "Dieser Browser verbietet es der Seite. Seine Einstellungen, neben der Adresse, können es erlauben.",
    keys: "Tasten",
    signOut: "Abmelden",
    signOutHint: "Dieser Browser vergisst dann, wer du bist: deine Gespräche zu zweit und was du gelesen hast.",
    signOutWaits: (waiting) =>
      `${count(waiting, "Nachricht, die noch wartet, geht", "Nachrichten, die noch warten, gehen")} verloren.`,
    keyList: [
      ["Strg K", "Einen Raum oder jemanden finden"],
      ["Alt ↑ Alt ↓", "Der Raum davor, der nächste Raum"],
      ["Alt Umschalt ↑ ↓", "Der ungelesene Raum davor, der nächste"],
      ["F6", "Von einem Teil der Seite zum nächsten"],
      ["Esc", "Schließen, oder zum Schreiben"],
    ],
  },

  log,
  compose,
  files,

  bottom: { title: "Seiten des Raums", talk: "Reden" },

  dialog: { close: "Schließen", cancel: "Abbrechen" },

  refusals,
  reasons,

  failed: {
    title: "Das ging nicht",
    internal: "Die Seite hat einen Fehler gemacht. Lade sie neu; was gesendet wurde, ist nicht verloren.",
  },
};
