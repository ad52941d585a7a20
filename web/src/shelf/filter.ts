import { onAddress, readAddress, writeAddress } from '../address';
import { isPeriod, isWhole, WHOLE, type Span } from '../compare/periods';

const SPAN_ENDS = '/';

/** Which of the records that are shown the reader wants to see: those of a span, without the classes that were switched off. */
export class RecordFilter {
  private readonly followers: (() => void)[] = [];

  constructor() {
    onAddress(() => this.changed());
  }

  /** The span that the address says; the whole where it says none. */
  get span(): Span {
    const [from, to, ...more] = (readAddress().span ?? '').split(SPAN_ENDS);
    return isPeriod(from) && isPeriod(to) && more.length === 0 ? { from, to } : WHOLE;
  }

  chooseSpan(span: Span): void {
    writeAddress({ span: isWhole(span) ? null : [span.from, span.to].join(SPAN_ENDS) }, { push: false });
    this.changed();
  }

  /** The classes of a layer that are switched off. */
  off(layer: string): Set<string> {
    return new Set(this.allOff().flatMap(([of, name]) => (of === layer ? [name] : [])));
  }

  switchClass(layer: string, name: string, isOn: boolean): void {
    const others = this.allOff().filter(([of, one]) => of !== layer || one !== name);
    const all: [layer: string, name: string][] = isOn ? others : [...others, [layer, name]];
    const written = all.map(([of, one]) => `${of}/${one.replace(/[%,]/g, encodeURIComponent)}`);
    writeAddress({ off: written.join(',') || null }, { push: false });
    this.changed();
  }

  /** Runs `changed` whenever other records are wanted. */
  onChange(changed: () => void): void {
    this.followers.push(changed);
  }

  private allOff(): [layer: string, name: string][] {
    return (readAddress().off ?? '').split(',').flatMap((written) => {
      const [layer, name] = [written.slice(0, written.indexOf('/')), written.slice(written.indexOf('/') + 1)];
      return written.includes('/') ? [[layer, unescaped(name)]] : [];
    });
  }

  private changed(): void {
    for (const changed of this.followers) changed();
  }
}

function unescaped(name: string): string {
  return name.replace(/%25|%2C/g, decodeURIComponent);
}
