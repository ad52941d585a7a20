/** What areas whose number may not be shown are filled with, on the map and in legends. */
const HATCH = { ground: '#f6f6f6', stroke: '#5d6673', size: 8 };

/** A tile of slanting strokes that joins its neighbours. */
export function hatchTile(scale = 1): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const size = HATCH.size * scale;
  canvas.width = canvas.height = size;
  // Kept off the graphics card, from which reading the pixels back takes long.
  const pen = canvas.getContext('2d', { willReadFrequently: true })!;
  pen.fillStyle = HATCH.ground;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = HATCH.stroke;
  pen.lineWidth = 1.4 * scale;
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset - size, size * 2);
    pen.lineTo(offset + size * 2, -size);
  }
  pen.stroke();
  return canvas;
}
