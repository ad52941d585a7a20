/** Within how many characters the rows of the list are to differ. */
const SEEN_FIRST = 12;

/** A row of the list: what tells it apart, and where that is. */
export interface SearchRow {
  lead: string;
  where: string;
}

/** The divisions at the head of an address from the city down, each once at most; 超市 and 小区 are none, nor is the 镇 of 古镇路. */
const DIVISIONS =
  /^(.{2,9}?(?<![超夜菜股上花门])市(?!场))?(.{1,8}?(?<![小社园校厂景库业])[区县旗](?![路街巷道里]))?(.{1,9}?(?:街道|[镇乡](?![路街巷道里])))?(.{1,10}?(?:社区|居委会|村委会))?/;

/** Where a text may be cut: behind a word of an element and before the next one, never within a number. */
const ELEMENT_END = /(?:街道|[路街巷弄里道号院区园城苑栋幢座楼层元])(?=.)/g;

/** A pair of coordinates and what stands there. */
const COORDINATES = /^(-?[\d.]+, -?[\d.]+) (?!·)(.+)$/;

/** How the list says what was found: names, streets and numbers first, what several rows share behind. */
export function searchRows(found: { text: string; entity?: string }[], city: string): SearchRow[] {
  const split = found.map(({ text, entity }) => (isNamed(entity) ? ofName(text, city) : ofPlace(text, entity === 'grid')));
  return split.map(({ divisions, rest }, row) => {
    const others = split.filter((_, other) => other !== row);
    // Streets of one name are told apart by where they are.
    if (others.some((other) => other.rest === rest && String(other.divisions) !== String(divisions)))
      return { lead: (divisions.at(-1) ?? '') + rest, where: divisions.slice(0, -1).join('') };
    const shared = Math.max(0, ...others.map((other) => sharedLength(rest, other.rest)));
    const cut = shared < SEEN_FIRST ? 0 : lastElementEnd(rest, shared);
    return { lead: rest.slice(cut), where: [rest.slice(0, cut), divisions.join('')].filter(Boolean).join(' · ') };
  });
}

/** Whether a text names a division and nothing in it. */
export function isDivision(text: string): boolean {
  return text !== '' && DIVISIONS.exec(text)?.[0] === text;
}

interface Split {
  divisions: string[];
  /** What the divisions hold; of a division its own name. */
  rest: string;
}

function ofPlace(text: string, isArea: boolean): Split {
  const pair = COORDINATES.exec(text);
  if (pair) {
    const there = ofPlace(pair[2]!, false);
    return { divisions: [[there.rest, there.divisions.join('')].filter(Boolean).join(' · ')], rest: pair[1]! };
  }
  const divisions = (DIVISIONS.exec(text) ?? []).slice(1).filter(Boolean);
  const rest = text.slice(divisions.join('').length);
  // A division is what it is called, and a grid is called after what it is in.
  return rest === '' || isArea ? { divisions: divisions.slice(0, -1), rest: (divisions.at(-1) ?? '') + rest } : { divisions, rest };
}

/** Enterprises and records are called what they are, not where. */
function isNamed(entity: string | undefined): boolean {
  return entity === 'enterprise' || entity === 'record';
}

function ofName(text: string, city: string): Split {
  const isLocal = city !== '' && text.startsWith(city) && text.length > city.length;
  return isLocal ? { divisions: [city], rest: text.slice(city.length) } : { divisions: [], rest: text };
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** The last place up to `most` where `text` may be cut and something is left. */
function lastElementEnd(text: string, most: number): number {
  const ends = [...text.matchAll(ELEMENT_END)].map(({ index, 0: word }) => index + word.length);
  return ends.findLast((end) => end <= most) ?? 0;
}
