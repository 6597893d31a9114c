/** The feed, for whoever gives orders over it. */
import { getContext, setContext } from "svelte";

import type { Feed } from "../../console/feed";

const KEY = Symbol("feed");

export function setFeed(feed: Feed): void {
  setContext(KEY, feed);
}

export function getFeed(): Feed {
  return getContext<Feed>(KEY);
}
