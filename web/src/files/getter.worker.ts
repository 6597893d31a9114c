/** The worker's own end: orders come in, reports go out. */
import { Getter } from "./getter";
import type { Order, Report } from "./getting";

const getter = new Getter((report: Report) => postMessage(report));
addEventListener("message", (event: MessageEvent<Order>) => void getter.obey(event.data));
