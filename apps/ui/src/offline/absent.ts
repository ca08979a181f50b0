/** Stands in the place of what needs a hub: a page without one has no way to it, and is not to carry it. */
const absent = (): never => {
  throw new Error("this is not part of a page without a server");
};

export { absent as HoldsView, absent as ReplayTab };
