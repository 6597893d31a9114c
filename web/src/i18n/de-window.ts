/** Die Sätze der App im Fenster, deren Helfer tut, was eine Seite nicht kann. Auf Deutsch. */
import type { WindowWords } from "./en-window";

export const w: WindowWords = {
  door: {
    where: "Wo ist dein Salon?",
    address: "Server",
    addressHint: "Seine Adresse, etwa 192.168.1.20:12345. Wer ihn betreibt, weiß sie.",
    name: "Dein Name",
    nameHint: "So, wie ihn die anderen sehen sollen. Kein Passwort.",
    submit: "Eintreten",
    waiting: "Klopft an …",
    noAddress: "Gib zuerst die Adresse des Servers ein.",
    noName: "Gib zuerst einen Namen ein.",
  },
  gone: {
    title: "Das Programm hinter diesem Fenster ist zu Ende.",
    advice: "Was hier steht, kann noch gelesen werden. Schließ das Fenster und starte salon window neu.",
  },
  here: {
    title: "Dieser Rechner",
    folder: "Dateien kommen nach",
    share: "Einen Ordner teilen",
    shareHint: "Andere bekommen seine Dateien, wenn sie die Namen wissen, solange dieses Fenster offen ist.",
    shareField: "Ordner, der geteilt wird",
    start: "Teilen",
    stop: "Nicht mehr teilen",
    shared: (folder) => `Andere bekommen die Dateien aus ${folder}.`,
    ask: "Jemanden um eine Datei bitten",
    askHint: "Die Person muss einen Ordner teilen. Der Name der Datei ist nötig.",
    person: "Person",
    choose: "Eine Person wählen",
    file: "Name der Datei",
    get: "Bitten",
    nobody: "Sonst ist niemand hier.",
  },
};
