// English words on the page, wherever a reader sees or hears them.

/** What is written in Latin letters in Chinese, too. */
const NAMES = [
  // Kinds of files and encodings.
  ...['CSV', 'PDF', 'PNG', 'UTF-8', 'UTF-16', 'LE', 'BE', 'GBK', 'GB', 'Big5', 'xlsx', 'xlsb', 'OpenDocument', 'XML', 'KML', 'GML'],
  ...['JSON', 'GeoJSON', 'Shapefile', 'gdb', 'CAD', 'GIS'],
  // Coordinate systems and cells.
  ...['CGCS2000', 'WGS84', 'GCJ-02', 'BD-09', 'H3'],
  // Units.
  ...['m', 'm²', 'km', 'km²'],
  // Programs.
  ...['baseplate', 'MapLibre', 'WebGL', 'Excel', 'Word', 'Office', 'WPS'],
];

/** Codes of things: digits, with capitals among them. */
const CODE = /(?<![\w-])(?=[0-9A-Z-]*\d{3})[0-9A-Z-]{5,}(?![\w-])/g;
const FILE = /[\p{L}\w-]+(\.(csv|geojsonl?|gz|xlsx?))+/gu;

/** The Latin words of a text that are no name, code or file. A single letter is a sign, or part of a building's name. */
export function englishIn(text) {
  const bare = text.replace(CODE, ' ').replace(FILE, ' ');
  const words = bare.match(/[A-Za-z][\w²-]+/g) ?? [];
  return words.filter((word) => !NAMES.includes(word));
}

/** Runs in the page: texts that are drawn or read out, each with where it stands. What is marked as English is meant to be. */
function textsOf(excluded) {
  const READ_OUT = ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt'];
  const found = [['title', document.title]];
  for (const element of document.body.querySelectorAll('*')) {
    const drawn = element.closest('select') ?? element;
    if (!drawn.checkVisibility({ visibilityProperty: true }) || element.closest(`body [lang^="en"], ${excluded}`)) continue;
    const where = [element.localName, ...element.classList].join('.');
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push([where, node.data]);
    for (const name of READ_OUT) if (element.hasAttribute(name)) found.push([`${where}[${name}]`, element.getAttribute(name)]);
    for (const part of ['::before', '::after']) {
      const { content } = getComputedStyle(element, part);
      if (content.startsWith('"')) found.push([where + part, content]);
    }
  }
  return found;
}

/** Each text with English words on the page, with where it stands. */
export async function englishOf(page, excluded = 'noscript') {
  const texts = await page.evaluate(textsOf, excluded);
  return texts.filter(([, text]) => englishIn(text).length > 0).map(([where, text]) => `${where}: ${text.trim()}`);
}
