/** The browser, as the feed needs it. */
import type { Socket, World } from "./feed";

const HIDDEN_MS = 500; // a page that nobody sees draws no frames, and must not gather without end

export function consoleWorld(): World {
  return {
    open: (query) => {
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      return new WebSocket(`${scheme}://${location.host}/console/feed${query}`) as unknown as Socket;
    },
    admitted: async () => {
      try {
        return (await fetch("/console", { method: "HEAD", cache: "no-store" })).status !== 404;
      } catch {
        return null;
      }
    },
    now: () => Date.now(),
    chance: () => Math.random(),
    later: (work, ms) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    frame: (work) => {
      if (document.hidden) setTimeout(work, HIDDEN_MS);
      else requestAnimationFrame(work);
    },
  };
}
