/** The sign in the browser's tab, with a red dot once something failed. A page in one file has none. */
export function showFavicon(isFailing: boolean): void {
  document.querySelector('link[rel="icon"]')?.setAttribute("href", isFailing ? "/mark-failing.svg" : "/mark.svg");
}
