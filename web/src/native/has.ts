/** Whether a program on this machine serves this page, and does for it what a page cannot. */
export function hasAgent(): boolean {
  return document.querySelector('meta[name="salon-agent"]') !== null;
}
