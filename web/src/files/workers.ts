/**
 * Scripts that run beside the page. The page's policy lets no string become a script but by one name, and that name
 * admits these alone: built with the page, and served from the same place.
 */
import GETTER from "./getter.worker?worker&url";
import PDF from "./pdf.worker?worker&url";

export { GETTER, PDF };

/** What is used of Trusted Types, which not every browser has. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** @throws {TypeError} for what is none of them, where the browser looks */
export function startWorker(url: string): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy("salon-worker", {
    createScriptURL(wanted) {
      if (wanted !== GETTER && wanted !== PDF) throw new TypeError(`${wanted} is no script of this page`);
      return wanted;
    },
  });
  return new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });
}
