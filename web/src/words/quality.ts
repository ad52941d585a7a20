/** What the panel of the quality layer says. */
export const zh = {
  quality: '质量',
};

export const en: Record<keyof typeof zh, string> = {
  quality: 'Quality',
};
