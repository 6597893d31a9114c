/** Where in the app one is, as the browser's address says; so that its way back is the app's. */
import { formatPlace, parsePlace, type Place } from "./route";

let place = $state.raw<Place>(parsePlace(location.hash));

addEventListener("hashchange", () => {
  place = parsePlace(location.hash);
});

export const here = {
  get place(): Place {
    return place;
  },
};

/** Goes there; `replace` leaves no trace in the browser's history, for where nobody wants to come back to. */
export function goTo(where: { room: string; side?: string }, { replace = false } = {}): void {
  const address = formatPlace(where);
  if (replace) history.replaceState(null, "", address);
  else if (location.hash !== address) history.pushState(null, "", address);
  // Neither of them tells by an event.
  place = parsePlace(address);
}
