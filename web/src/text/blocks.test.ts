import { describe, expect, it } from "vitest";
import { parse } from "./blocks";
import { HOSTILE } from "./hostile";
import { plain } from "./inlines";
import type { Block, Inline } from "./nodes";

/** A tree as one line: what is tested here is structure, not the shape of objects. */
function drawn(text: string): string {
  return parse(text).map(block).join(" | ");
}

function block(node: Block): string {
  if (node.kind === "paragraph") return node.children.map(inline).join("");
  if (node.kind === "block") return `code(${node.language}: ${node.text})`;
  if (node.kind === "quote") return `quote(${node.children.map(block).join(" | ")})`;
  const items = node.items.map((item) => `${item.number ?? "-"} ${item.children.map(block).join(" | ")}`);
  return `list(${items.join("; ")})`;
}

function inline(node: Inline): string {
  if (node.kind === "text") return node.text;
  if (node.kind === "mark") return `<${node.code}>`;
  const inside = node.children.map(inline).join("");
  if (node.kind === "link") return `link(${inside} → ${node.href}${node.reveal ? ` [${node.host}]` : ""})`;
  return `${node.kind}(${inside})`;
}

describe("blocks", () => {
  it.each([
    ["", ""],
    ["one\ntwo", "one\ntwo"],
    ["one\r\n\r\n\r\ntwo", "one | two"],
    ["a\u2028b", "a\nb"],
    ["  as it  stood\n\tindented", "  as it  stood\n\tindented"],
    ["> said\n> twice\nanswer", "quote(said\ntwice) | answer"],
    ["> > deep\n> less", "quote(quote(deep) | less)"],
    ["- a\n- b\n  still b\n\n  and more\nout", "list(- a; - b\nstill b | and more) | out"],
    ["3. three\n1. one", "list(3 three; 1 one)"],
    ["- a\n1. b", "list(- a) | list(1 b)"],
    ["- a\n  - b", "list(- a | list(- b))"],
    ["-a\n1.b\n-\n2020 was", "-a\n1.b\n-\n2020 was"],
    ["# physics-lab\n---\n| a | b |", "# physics-lab\n---\n| a | b |"],
    ["before\n```py\nif *x*:\n  `y`\n```\nafter", "before | code(py: if *x*:\n  `y`) | after"],
    ["~~~~\n~~~\n```\n~~~~", "code(: ~~~\n```)"],
    ["```\nnever closed", "code(: never closed)"],
    ["  ```\n    x\n  ```", "code(:   x)"],
    ["- ```\n  x\n  ```", "list(- code(: x))"],
    ["```js``` in a line", "code(js) in a line"],
  ])("%j", (text, tree) => {
    expect(drawn(text)).toBe(tree);
  });
});

describe("inlines", () => {
  it.each([
    ["*a* _b_ **c** __d__ ~~e~~", "em(a) em(b) strong(c) strong(d) strike(e)"],
    ["***a*** ***b* c** ***d** e*", "strong(em(a)) strong(em(b) c) em(strong(d) e)"],
    ["**a *b* c**", "strong(a em(b) c)"],
    ["**a *b** c*", "strong(a *b) c*"],
    ["2*3*4 snake_case_name a ~ b ~~~c~~~", "2*3*4 snake_case_name a ~ b ~~~c~~~"],
    ["2 * 3 * 4 and ** and **** and *", "2 * 3 * 4 and ** and **** and *"],
    ["这是**重点**内容", "这是strong(重点)内容"],
    ['(*a*) "**b**", *c*!', '(em(a)) "strong(b)", em(c)!'],
    ["*a\nb*", "em(a\nb)"],
    ["\\*a\\* \\`b\\` C:\\dir \\\\server\\share", "*a* `b` C:\\dir \\\\server\\share"],
    ["`*a*` ``b ` c`` ` d ` `e", "code(*a*) code(b ` c) code(d) `e"],
    ["``a` b", "``a` b"],
    ["**`a**`", "**code(a**)"],
  ])("%j", (text, tree) => {
    expect(drawn(text)).toBe(tree);
  });
});

describe("links", () => {
  it.each([
    ["https://a.example/x_y_z?q=*1*", "link(https://a.example/x_y_z?q=*1 → https://a.example/x_y_z?q=*1)*"],
    ["see https://a.example.", "see link(https://a.example → https://a.example/)."],
    ["(https://a.example/b_(c)), x", "(link(https://a.example/b_(c) → https://a.example/b_(c))), x"],
    ["<https://a.example>", "<link(https://a.example → https://a.example/)>"],
    ["**https://a.example**", "strong(link(https://a.example → https://a.example/))"],
    ["HTTPS://A.example:8443/", "link(HTTPS://A.example:8443/ → https://a.example:8443/)"],
    ["mailto:ann@a.example", "link(mailto:ann@a.example → mailto:ann@a.example)"],
    ["xhttps://a.example http:// https:///", "xhttps://a.example http:// https:///"],
    ["[*a* b](https://a.example/)", "link(em(a) b → https://a.example/ [a.example])"],
    ["[a.example](https://a.example/)", "link(a.example → https://a.example/)"],
    ["[](https://a.example/)", "link(https://a.example/ → https://a.example/)"],
    ["[a](b) [c] [d", "[a](b) [c] [d"],
    ["[a [b](https://c.example/)", "[a link(b → https://c.example/ [c.example])"],
    ["[*a](https://b.example/)*", "link(*a → https://b.example/ [b.example])*"],
    ["**[a**](https://b.example/)", "strong([a)](link(https://b.example/ → https://b.example/))"],
  ])("%j", (text, tree) => {
    expect(drawn(text)).toBe(tree);
  });
});

describe("hostile texts", () => {
  const links = (nodes: Inline[]): Inline[] =>
    nodes.flatMap((node) => ("children" in node ? [node, ...links(node.children)] : [node]));
  const inlines = (nodes: Block[]): Inline[] =>
    nodes.flatMap((node) => {
      if (node.kind === "list") return node.items.flatMap((item) => inlines(item.children));
      return node.kind === "quote" ? inlines(node.children) : links(node.children);
    });

  it.each(HOSTILE.map(({ name, text }) => [name, text]))("%s: no scheme but the three", (_name, text) => {
    for (const node of inlines(parse(text))) {
      if (node.kind === "link") expect(node.href).toMatch(/^(https?:\/\/[^\s"<>@]+|mailto:[^\s"<>@?]+@[^\s"<>@?]+)$/);
      if (node.kind === "text") expect(node.text).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\u0000-\u0008]/);
    }
  });

  it.each([
    ["[click](javascript:x)", "[click](javascript:x)"],
    ["https://bank.example@evil.example/", "https://bank.example@evil.example/"],
    [
      "[https://bank.example](https://evil.example/)",
      "link(https://bank.example → https://evil.example/ [evil.example])",
    ],
    [
      "https://b\u0430nk.example/",
      "link(https://b\u0430nk.example/ → https://xn--bnk-6cd.example/ [xn--bnk-6cd.example])",
    ],
    [
      "[https://bank.example/x](https://evil.example/)",
      "link(https://bank.example/x → https://evil.example/ [evil.example])",
    ],
    ["![x](https://a.example/p.png)", "!link(x → https://a.example/p.png [a.example])"],
    ["a\u202Eb", "a<U+202E>b"],
    ["\u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u2764\uFE0F", "\u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u2764\uFE0F"],
    ["\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"],
    ["pay\u200Dpal \u{E0041}", "pay<U+200D>pal <U+E0041>"],
    [
      "hi\u{E0068}\u{E0065} \u{1F3F4}\u{E0067}\u{E0062}\u{E007F}",
      "hi<U+E0068><U+E0065> \u{1F3F4}\u{E0067}\u{E0062}\u{E007F}",
    ],
    ["`a\u200Bb`", "code(a<U+200B>b)"],
  ])("%j", (text, tree) => {
    expect(drawn(text)).toBe(tree);
  });

  // Each is 50,000 characters: a parser that looks back at each of them would take minutes.
  it.each([
    "*a ",
    "[",
    "[](",
    "](",
    "`",
    "` ``",
    "**",
    "_a",
    "> ",
    "- ",
    "http://",
    "http://@",
    "[a](http://",
    "~~~\n",
    "h",
    "\u200B",
    "((",
    "*`[_~~",
  ])("many of %j take a moment", (text) => {
    const started = performance.now();
    parse(text.repeat(50_000 / text.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("keeps every character that is no markup", () => {
    const text = 'a <b> & "c" \\ d\n\n### e | f ![g] {h} $i$ @j #k 1) l + m';
    const words = parse(text).map((node) => (node.kind === "paragraph" ? plain(node.children) : ""));
    expect(words.join("\n\n")).toBe(text);
  });
});
