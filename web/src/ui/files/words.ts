/** What a card says of a transfer, in the language of the page. */
import { percent, sizeText, timeText } from "../../files/measures";
import type { Transfer } from "../../files/types";
import { languageTag, t } from "../../i18n/index.svelte";

export function stateOf(transfer: Transfer): string {
  const { state, direction, offset, size, verified, refusal } = transfer;
  const done = percent(offset, size);
  const words = t.files.state;
  switch (state) {
    case "queued":
      return words.queued;
    case "checking":
      return words.checking;
    case "moving":
      if (direction === "down") return words.getting(done);
      return offset === size && size > 0 ? words.finishing : words.sending(done);
    case "waiting":
      return refusal ? words.busy(done) : words.waiting(done);
    case "paused":
      return words.paused(done);
    case "needs-file":
      return words.needsFile;
    case "done":
      if (transfer.place) return words.place(transfer.place);
      return direction === "up" ? words.sent : verified ? words.got : words.gotUnchecked;
    case "failed":
      return words.failed;
    case "cancelled":
      return words.cancelled;
  }
}

/** Rate, time left and path, as far as they are known. */
export function paceOf(transfer: Transfer): string {
  if (transfer.state !== "moving" || !transfer.rate) return "";
  const parts = [t.files.rate(sizeText(transfer.rate, languageTag()))];
  if (transfer.eta !== null && transfer.offset < transfer.size) parts.push(t.files.left(timeText(transfer.eta)));
  if (transfer.path) parts.push(transfer.path);
  return parts.join(" · ");
}
