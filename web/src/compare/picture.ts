import type { Map as MapLibre } from 'maplibre-gl';
import type { LegendRow } from './class-legend';

export interface Caption {
  title: string;
  legend: LegendRow[];
  /** Where it comes from and how old it is. */
  notes: string[];
}

const MARGIN = 20;
const TITLE = { font: 600, size: 18, height: 30 };
const TEXT = { size: 13, height: 22 };
const SWATCH = { width: 26, height: 14 };
const LEGEND_COLUMN = 330;
const COUNT_ROOM = 90;
const INK = '#16233a';
const SOFT = '#4f5f78';
const RULE = '#8794a8';

/** The map as it is seen, with its caption beneath it. */
export async function viewAsPng(map: MapLibre, caption: Caption): Promise<Blob> {
  const view = await nextRender(map);
  const scale = view.width / map.getContainer().clientWidth;
  const width = view.width / scale;
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN) / LEGEND_COLUMN));
  const rows = Math.ceil(caption.legend.length / columns);
  const captionHeight = 2 * MARGIN + TITLE.height + (rows + caption.notes.length) * TEXT.height;

  const picture = document.createElement('canvas');
  picture.width = view.width;
  picture.height = view.height + Math.ceil(captionHeight * scale);
  const pen = picture.getContext('2d')!;
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(view, 0, 0);
  pen.scale(scale, scale);
  pen.translate(MARGIN, view.height / scale + MARGIN);
  pen.textBaseline = 'middle';
  drawCaption(pen, caption, { rows, width: width - 2 * MARGIN });
  return await new Promise((resolve, reject) =>
    picture.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture is empty'))), 'image/png'),
  );
}

/** A copy of the map's canvas; its own buffer only lasts until the frame is shown. */
function nextRender(map: MapLibre): Promise<HTMLCanvasElement> {
  return new Promise((resolve) => {
    map.once('render', () => {
      const view = document.createElement('canvas');
      const canvas = map.getCanvas();
      view.width = canvas.width;
      view.height = canvas.height;
      view.getContext('2d')!.drawImage(canvas, 0, 0);
      resolve(view);
    });
    map.triggerRepaint();
  });
}

function drawCaption(
  pen: CanvasRenderingContext2D,
  { title, legend, notes }: Caption,
  { rows, width }: { rows: number; width: number },
): void {
  const family = getComputedStyle(document.body).fontFamily;
  pen.fillStyle = INK;
  pen.font = `${TITLE.font} ${TITLE.size}px ${family}`;
  pen.fillText(title, 0, TITLE.height / 2, width);
  pen.font = `${TEXT.size}px ${family}`;
  legend.forEach((row, place) => {
    const x = Math.floor(place / rows) * LEGEND_COLUMN;
    const y = TITLE.height + ((place % rows) + 0.5) * TEXT.height;
    drawLegendRow(pen, row, x, y, Math.min(LEGEND_COLUMN, width));
  });
  pen.fillStyle = SOFT;
  notes.forEach((note, place) => {
    pen.fillText(note, 0, TITLE.height + (rows + place + 0.8) * TEXT.height, width);
  });
}

function drawLegendRow(
  pen: CanvasRenderingContext2D,
  { fill, label, areas }: LegendRow,
  x: number,
  y: number,
  width: number,
): void {
  const swatch = [x, y - SWATCH.height / 2, SWATCH.width, SWATCH.height] as const;
  pen.fillStyle = fill ?? '#ffffff';
  pen.fillRect(...swatch);
  pen.strokeStyle = RULE;
  pen.lineWidth = 1;
  pen.strokeRect(...swatch);
  const left = x + SWATCH.width + 10;
  pen.fillStyle = INK;
  pen.fillText(label, left, y, width - SWATCH.width - COUNT_ROOM);
  const end = left + Math.min(pen.measureText(label).width, width - SWATCH.width - COUNT_ROOM);
  pen.fillStyle = SOFT;
  pen.fillText(areas, end + 12, y);
}
