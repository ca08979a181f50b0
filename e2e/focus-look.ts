/** In the page: what has the focus, and whether it, what is around it or what it points at looks different for that. */
export function describeFocus():
  | { readonly name: string; readonly isSeen: boolean; readonly isKnown: boolean }
  | undefined {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement || element instanceof SVGElement) || element === document.body) {
    return undefined;
  }
  const pointed = document.getElementById(element.getAttribute("aria-activedescendant") ?? "");
  const around = [element, element.parentElement, element.parentElement?.parentElement, pointed];
  const look = () =>
    around
      .flatMap((one) => (one ? [getComputedStyle(one), getComputedStyle(one, "::after")] : []))
      .map(({ outline, boxShadow, borderColor, backgroundColor, opacity }) =>
        [outline, boxShadow, borderColor, backgroundColor, opacity].join(),
      )
      .join();
  const focused = look();
  element.blur();
  const isSeen = look() !== focused;
  element.focus({ preventScroll: true });
  const isKnown = "stop" in element.dataset;
  element.dataset["stop"] = "";
  const text = element.getAttribute("aria-label") ?? element.textContent ?? "";
  return { name: `${element.tagName} ${text.slice(0, 60)}`, isSeen, isKnown };
}
