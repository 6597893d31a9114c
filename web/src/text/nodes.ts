/**
 * What a message's text becomes before it is shown: a small tree of plain values. Components render it node by node,
 * so that no text of anybody's ever becomes markup.
 */

/** A character that does not show as what it is, such as one that turns the reading direction: shown by its number. */
export interface Mark {
  kind: "mark";
  /** As it is written in Unicode's tables: `U+202E`. */
  code: string;
  /** The character itself, for whoever copies. */
  character: string;
}

export interface Text {
  kind: "text";
  text: string;
}

export interface Code {
  kind: "code";
  children: Leaf[];
}

export interface Styled {
  kind: "strong" | "em" | "strike";
  children: Inline[];
}

/** A link to another page, or to somebody's address. */
export interface Link {
  kind: "link";
  /** Of http, https or mailto, and of no other scheme. */
  href: string;
  /** Where it really leads: the host as the network knows it, or the address. */
  host: string;
  /** Whether the host must stand beside the link, because its label does not say it plainly. */
  reveal: boolean;
  children: Inline[];
}

export type Leaf = Text | Mark;
export type Inline = Leaf | Code | Styled | Link;

export interface Paragraph {
  kind: "paragraph";
  children: Inline[];
}

export interface Quote {
  kind: "quote";
  children: Block[];
}

export interface Item {
  /** The number that its writer gave it; null in a list without numbers. */
  number: number | null;
  children: Block[];
}

export interface List {
  kind: "list";
  ordered: boolean;
  items: Item[];
}

export interface CodeBlock {
  kind: "block";
  /** The word behind the fence, or ''. */
  language: string;
  /** Exactly what stands between the fences: what is copied. */
  text: string;
  children: Leaf[];
}

export type Block = Paragraph | Quote | List | CodeBlock;
