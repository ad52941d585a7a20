/** What the panel of the bulk tool says. */
export const zh = {
  bulk: '批量',
};

export const en: Record<keyof typeof zh, string> = {
  bulk: 'Bulk',
};
