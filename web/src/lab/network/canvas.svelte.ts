/** The window onto the picture: moved and scaled by pointer, wheel, buttons and keys. Keeps the picture in reach. */
import type { Box } from "./topology-layout.ts";

const SCALE_MIN = 0.3;
const SCALE_MAX = 2.5;
/** A small network is not blown up beyond this. */
const FIT_MAX = 1.15;

export class Canvas {
  x = $state(0);
  y = $state(0);
  scale = $state(1);
  /** Whether a person has moved it: then it no longer fits itself to the window. */
  touched = $state(false);

  fit(width: number, height: number, outerWidth: number, outerHeight: number): void {
    if (width === 0 || outerWidth === 0) return;
    this.scale = Math.min(FIT_MAX, outerWidth / width, outerHeight / height);
    this.x = (outerWidth - width * this.scale) / 2;
    this.y = (outerHeight - height * this.scale) / 2;
    this.touched = false;
  }

  zoom(factor: number, atX: number, atY: number): void {
    const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, this.scale * factor));
    const by = scale / this.scale;
    this.x = atX - (atX - this.x) * by;
    this.y = atY - (atY - this.y) * by;
    this.scale = scale;
    this.touched = true;
  }

  pan(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.touched = true;
  }

  /** Moves as little as is needed to bring a box into view. */
  reveal({ x, y, width, height }: Box, outerWidth: number, outerHeight: number): void {
    const margin = 16;
    const left = this.x + x * this.scale;
    const top = this.y + y * this.scale;
    const right = left + width * this.scale;
    const bottom = top + height * this.scale;
    if (left < margin) this.pan(margin - left, 0);
    else if (right > outerWidth - margin) this.pan(outerWidth - margin - right, 0);
    if (top < margin) this.pan(0, margin - top);
    else if (bottom > outerHeight - margin) this.pan(0, outerHeight - margin - bottom);
  }
}
