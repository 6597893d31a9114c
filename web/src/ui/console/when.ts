/** When something was: the time of day where it was today, else the day. */
export function whenText(time: number, now: number, language: string): string {
  const then = new Date(time);
  const same = new Date(now).toDateString() === then.toDateString();
  return same
    ? then.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    : then.toLocaleDateString(language, { day: "numeric", month: "short" });
}

/** `10:02:07`, of this machine's zone. */
export function clockText(time: number): string {
  const then = new Date(time);
  return [then.getHours(), then.getMinutes(), then.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
