import { h } from '../dom';
import type { Tool, Workplace } from '../tools';

export function compareTool(_workplace: Workplace): Tool {
  return { content: h('div'), open: () => {}, close: () => {} };
}
