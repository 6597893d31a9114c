import { describe, expect, it } from "vitest";

import type { Happening, Noted, Said } from "../../model/types";
import { noticeOf } from "./notices";

const words = { shelved: (name: string, file: string) => `${name} put ${file} on the shelf.` };
const placed = { key: "1", seq: 1, time: 0, sender: "Leah", own: false };

function said(part: Partial<Said> = {}, room = "garden"): Happening {
  return {
    kind: "said",
    room,
    entry: { ...placed, kind: "said", text: "hello", to: "", edited: 0, redacted: 0, ...part },
  };
}

function noted(part: Partial<Noted> = {}): Happening {
  const entry: Noted = { ...placed, kind: "noted", what: "shelved", message: "", topic: "", name: "a.txt", size: 1, sha256: "", ...part }; // prettier-ignore
  return { kind: "noted", room: "garden", entry };
}

const notice = (happening: Happening) => noticeOf(happening, (key) => `#${key}`, words);

describe("a notice", () => {
  it("says who, where and what", () => {
    expect(notice(said())).toEqual({ room: "garden", title: "Leah – #garden", body: "hello" });
    expect(notice(said({}, "@ann:leah"))?.title).toBe("Leah");
    expect(notice(noted())?.body).toBe("Leah put a.txt on the shelf.");
  });

  it("is not for one's own, nor for what is no news", () => {
    expect(notice(said({ own: true }))).toBeNull();
    expect(notice(noted({ own: true }))).toBeNull();
    expect(notice(noted({ what: "topic" }))).toBeNull();
    expect(notice({ kind: "online" })).toBeNull();
  });

  it("is short, and cuts no letter in two", () => {
    const body = notice(said({ text: "😀".repeat(500) }))!.body;
    expect(body).toBe(`${"😀".repeat(200)} …`);
  });
});
