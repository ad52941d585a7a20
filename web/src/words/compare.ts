/** What the panel of comparing areas says. */
export const zh = {
  compare: '对比',
};

export const en: Record<keyof typeof zh, string> = {
  compare: 'Compare',
};
