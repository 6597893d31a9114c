/** A browser's world for the model. The only file of the model that knows one. */
import type { Line, LineEvents, Network, Storage, World } from "./ports";

const HIDDEN_FRAME_MS = 250; // what nobody sees need not be drawn sooner

export function browserWorld(): World {
  return {
    dial,
    now: () => Date.now(),
    after(milliseconds, act) {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
    frame,
    random(bytes) {
      const values = crypto.getRandomValues(new Uint8Array(bytes));
      return Array.from(values, (value) => value.toString(16).padStart(2, "0")).join("");
    },
    storage: localStorageOrMemory(),
    network,
  };
}

function dial(events: LineEvents): Line {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.onopen = () => events.opened();
  socket.onmessage = (message) => events.received(String(message.data));
  // An error is followed by a close, which says as much.
  socket.onclose = () => events.closed();
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}

/** A page that nobody sees is given no frames: then a timer comes first. */
function frame(act: () => void): () => void {
  let timer = 0;
  const run = (): void => {
    cancel();
    act();
  };
  const request = requestAnimationFrame(run);
  timer = window.setTimeout(run, HIDDEN_FRAME_MS);
  const cancel = (): void => {
    cancelAnimationFrame(request);
    clearTimeout(timer);
  };
  return cancel;
}

const network: Network = {
  online: () => navigator.onLine,
  watch(changed) {
    const shown = (): void => {
      if (!document.hidden) changed();
    };
    window.addEventListener("online", changed);
    window.addEventListener("offline", changed);
    document.addEventListener("visibilitychange", shown);
    return () => {
      window.removeEventListener("online", changed);
      window.removeEventListener("offline", changed);
      document.removeEventListener("visibilitychange", shown);
    };
  },
};

/** Where the browser forbids storage (a private window may), the page works on and forgets when it is closed. */
function localStorageOrMemory(): Storage {
  const memory = new Map<string, string>();
  const kept = usable();
  return {
    get: (key) => memory.get(key) ?? kept?.getItem(key) ?? null,
    set(key, value) {
      try {
        if (!kept) throw new Error("there is no storage");
        kept.setItem(key, value);
        memory.delete(key);
        return true;
      } catch {
        memory.set(key, value);
        return false;
      }
    },
    remove(key) {
      memory.delete(key);
      kept?.removeItem(key);
    },
    keys: () => [...new Set([...memory.keys(), ...(kept ? Object.keys(kept) : [])])],
  };
}

function usable(): globalThis.Storage | null {
  try {
    const storage = window.localStorage;
    storage.getItem("salon");
    return storage;
  } catch {
    return null;
  }
}
