/** How files are called: shown whole in little room, and saved under names that say what they are. */
const segments = new Intl.Segmenter();
const ENDING_BYTES = 32;
const utf8 = new TextEncoder();

/**
 * The name in two pieces, of which the first may be cut where there is little room: the second, with the ending, never.
 * Cut between letters as people see them.
 */
export function headAndTail(name: string): [head: string, tail: string] {
  const letters = [...segments.segment(name)].map((one) => one.segment);
  const tail = Math.min(letters.length >> 1, Math.max(8, [...segments.segment(split(name)[1])].length + 4), 20);
  return [letters.slice(0, letters.length - tail).join(""), letters.slice(letters.length - tail).join("")];
}

/** The name and its ending with the dot, where it has one beside a name, and not one that is a text of its own. */
export function split(name: string): [stem: string, ending: string] {
  const dot = name.lastIndexOf(".");
  const stem = name.slice(0, Math.max(0, dot));
  const ending = dot < 0 ? "" : name.slice(dot);
  if (!stem.replaceAll(".", "") || utf8.encode(ending).length > ENDING_BYTES + 1) return [name, ""];
  return [stem, ending];
}

/** What is wrong with saving a file so: its ending says what it is, and this one says something else, or nothing. */
export interface WrongType {
  code: "no_type" | "other_type";
  kind: string;
  other: string;
}

export function wrongType(name: string, savedAs: string): WrongType | null {
  const kind = split(name)[1].slice(1);
  const other = split(savedAs)[1].slice(1);
  if (!kind || kind.toLowerCase() === other.toLowerCase()) return null;
  return { code: other ? "other_type" : "no_type", kind, other };
}

/** What can be looked at in the page, by the name's ending: nothing of it can run a script. */
export type Look = "image" | "audio" | "video" | "text" | "pdf";

const LOOKS: Record<Look, string> = {
  image: "apng avif bmp gif ico jpeg jpg png svg webp",
  audio: "aac flac m4a mp3 oga ogg opus wav",
  video: "m4v mp4 ogv webm",
  pdf: "pdf",
  text:
    "bat bib c cc cfg clj conf cpp cs css csv diff ex fs go h hpp hs htm html ini java js json jsonl jsx kt lisp log lua " +
    "md mjs ml org patch php pl properties ps1 py r rb rs rst scala sh sql srt svelte swift tex toml ts tsv tsx txt vb " +
    "vue xhtml xml yaml yml zig",
};
const LOOK_BY_ENDING = new Map(
  Object.entries(LOOKS).flatMap(([look, endings]) => endings.split(" ").map((ending) => [ending, look as Look])),
);

/** How a file of this name can be looked at; null: it can only be got. */
export function lookOf(name: string): Look | null {
  return LOOK_BY_ENDING.get(split(name)[1].slice(1).toLowerCase()) ?? null;
}
