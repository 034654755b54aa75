/** Puts a floating box under (or, for want of room, above) what it belongs to, inside the window. */

const GAP_PX = 6;
const EDGE_PX = 8;

export function placeBeside(box: HTMLElement, anchor: Element, align: "start" | "center" | "end"): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const wanted =
    align === "start" ? at.left : align === "end" ? at.right - width : at.left + (at.width - width) / 2;
  const left = Math.max(EDGE_PX, Math.min(wanted, window.innerWidth - width - EDGE_PX));
  const below = at.bottom + GAP_PX;
  const fitsBelow = below + height <= window.innerHeight - EDGE_PX;
  box.style.left = `${left}px`;
  box.style.top = `${fitsBelow ? below : Math.max(EDGE_PX, at.top - height - GAP_PX)}px`;
}
