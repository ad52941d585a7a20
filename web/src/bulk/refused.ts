import type { Word } from '../i18n';

/** What a file seems to be that is no table that can be read, and what then helps. */
export const REFUSED = {
  pdf: { seems: 'bulkSeemsPdf', cure: 'bulkCureExport' },
  picture: { seems: 'bulkSeemsPicture', cure: 'bulkCureExport' },
  word: { seems: 'bulkSeemsWord', cure: 'bulkCureExport' },
  slides: { seems: 'bulkSeemsSlides', cure: 'bulkCureExport' },
  openDocument: { seems: 'bulkSeemsOpenDocument', cure: 'bulkCureSave' },
  binaryWorkbook: { seems: 'bulkSeemsBinaryWorkbook', cure: 'bulkCureSave' },
  encrypted: { seems: 'bulkSeemsEncrypted', cure: 'bulkCureUnlock' },
  oldOffice: { seems: 'bulkSeemsOldOffice', cure: 'bulkCureSave' },
  xmlWorkbook: { seems: 'bulkSeemsXmlWorkbook', cure: 'bulkCureSave' },
  webPage: { seems: 'bulkSeemsWebPage', cure: 'bulkCureSave' },
  json: { seems: 'bulkSeemsJson', cure: 'bulkCureConvert' },
  xml: { seems: 'bulkSeemsXml', cure: 'bulkCureConvert' },
  shapefile: { seems: 'bulkSeemsShapefile', cure: 'bulkCureConvert' },
  geodatabase: { seems: 'bulkSeemsGeodatabase', cure: 'bulkCureConvert' },
  database: { seems: 'bulkSeemsDatabase', cure: 'bulkCureConvert' },
  drawing: { seems: 'bulkSeemsDrawing', cure: 'bulkCureConvert' },
  archive: { seems: 'bulkSeemsArchive', cure: 'bulkCureUnpack' },
  folder: { seems: 'bulkSeemsFolder', cure: 'bulkCureChoose' },
  binary: { seems: 'bulkSeemsBinary', cure: 'bulkCureExport' },
  damaged: { seems: 'bulkSeemsDamaged', cure: 'bulkCureSave' },
  large: { seems: 'bulkSeemsLarge', cure: 'bulkCureCut' },
} as const satisfies Record<string, { seems: Word; cure: Word }>;
export type Refused = keyof typeof REFUSED;
/** A file that is no table, whatever it is called. */
export class NoTable extends Error {
  constructor(
    readonly kind: Refused,
    options?: ErrorOptions,
  ) {
    super(kind, options);
  }
}
