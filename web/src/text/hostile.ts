/**
 * Texts that were written to deceive, to break out or to break down a page. Unit tests parse them, tests in a browser
 * say them in a room and look at what becomes of it. Whoever finds another one adds it here.
 */

export interface Hostile {
  name: string;
  text: string;
}

/** Texts of moderate length; what is enormous is made by the tests. */
export const HOSTILE: Hostile[] = [
  { name: "a script", text: "<script>window.broken = true</script>" },
  { name: "a picture that fails", text: '<img src=x onerror="window.broken = true">' },
  {
    name: "a drawing that loads",
    text: '<svg onload="window.broken = true"><a href="javascript:window.broken=1">x</a>',
  },
  { name: "a frame", text: '<iframe srcdoc="<script>parent.broken = true</script>"></iframe>' },
  { name: "an element that was never closed", text: "</div></article></main><!-- <style>* { display: none }" },
  { name: "a template", text: '{@html "<b>x</b>"} {{constructor.constructor("broken = true")()}} ${broken = true}' },
  { name: "entities", text: "&lt;b&gt; &#60;script&#62; &nbsp;" },
  { name: "a link that runs", text: "[click](javascript:window.broken=true)" },
  { name: "the same in capitals and with blanks", text: "[click]( JaVaScRiPt:window.broken=true )" },
  { name: "the same with a tab in it", text: "[click](java\tscript:window.broken=true)" },
  { name: "the same with an entity", text: "[click](javascript&colon;window.broken=true)" },
  { name: "a link that holds a page", text: "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)" },
  { name: "a link to a file", text: "[click](file:///etc/passwd) file:///etc/passwd" },
  {
    name: "a link of another program",
    text: "[click](vbscript:msgbox(1)) [click](blob:https://a/b) [c](intent://a#Intent;end)",
  },
  { name: "a link without a scheme", text: "[click](//evil.example) [click](/rooms/lobby/files) [click](#/sign-out)" },
  { name: "a link out of its quotes", text: '[click](https://a.example/"onmouseover="window.broken=true)' },
  {
    name: "a name before the host",
    text: "https://bank.example@evil.example/ [x](https://bank.example:pw@evil.example/)",
  },
  { name: "a label that names another host", text: "[https://bank.example/login](https://evil.example/)" },
  { name: "a label that begins like its host", text: "[evil.example.bank.example](https://evil.example/)" },
  {
    name: "letters of another alphabet",
    text: "https://b\u0430nk.example/ [bank.example](https://b\u0430nk.example/)",
  },
  { name: "a letter that ends the host", text: "https://bank.example\u2044login.evil.example/" },
  { name: "a full stop of another width", text: "https://bank\uFF0Eexample/" },
  {
    name: "a letter to many with a text",
    text: "[mail](mailto:a@b.example?bcc=c@d.example&body=x) mailto:a@b.example,c@d.example",
  },
  { name: "a picture", text: "![tracker](https://evil.example/pixel.png)" },
  {
    name: "a link within a link",
    text: "[[a](https://a.example/)](https://b.example/) [https://a.example](https://b.example/)",
  },
  { name: "a file name turned round", text: "report\u202Efdp.exe and `user\u202E\u2066// admin\u2069\u2066` for code" },
  { name: "a direction never closed", text: "\u202E\u2067\u2067\u202Bleft open" },
  { name: "a link turned round", text: "https://evil.example/\u202Emoc.elpmaxe.knab" },
  { name: "letters of no width", text: "pay\u200Bpal\u2060 \u200Bnothing\uFEFF\u3164\u115F\u00AD" },
  { name: "nothing to be seen", text: "\u200B\u200B\u200B" },
  { name: "a message in tags", text: "hello\u{E0068}\u{E0065}\u{E0079}" },
  { name: "controls", text: "a\u0000b\u001B[31mred\u0007\u0008\u007F\u009B" },
  { name: "a tower of accents", text: `Z${"\u0300\u0316".repeat(400)}algo` },
  { name: "a word without an end", text: "a".repeat(2_500) },
  { name: "the widest character", text: "\uFDFD".repeat(60) },
  { name: "emphasis in emphasis", text: `${"*a **b _c __d ~~e ".repeat(100)}` },
  { name: "quotes in quotes", text: `${"> ".repeat(400)}deep` },
  { name: "lists in lists", text: `${"- ".repeat(400)}deep` },
  { name: "brackets", text: `${"[".repeat(900)}${"](".repeat(900)}` },
  {
    name: "backticks of every length",
    text: Array.from({ length: 60 }, (_, count) => "`".repeat(count + 1)).join("a"),
  },
  { name: "a fence that is never closed", text: "~~~html\n<script>window.broken = true</script>" },
  { name: "a language that is none", text: '```"><script>window.broken=true</script>\nx\n```' },
  { name: "a notice that nobody made", text: "hello\n* Ann has left the room.\nAnn: I owe Bob 100" },
];
