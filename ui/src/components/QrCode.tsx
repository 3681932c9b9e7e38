/** A QR picture made by the program. Dark on white in both themes: many readers need it so. */
import { useMemo } from "react";
import classes from "./QrCode.module.css";

/** The picture as a data address: an image runs no script and takes no style of the page. */
export function qrImage(svg: string): string {
  const coloured = svg.replaceAll("currentColor", "#000000");
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(coloured)}`;
}

/** Draws the picture. */
export function QrCode({ svg, label }: { svg: string; label: string }) {
  const source = useMemo(() => qrImage(svg), [svg]);
  return <img className={classes.qr} src={source} alt={label} />;
}
