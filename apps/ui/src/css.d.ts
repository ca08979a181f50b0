import "react";

declare module "react" {
  interface CSSProperties {
    /** Depth of a line in a tree, from 0. */
    "--depth"?: number;
  }
}
