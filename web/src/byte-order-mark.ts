/** Excel takes a text for UTF-8 only behind a byte order mark. */
export const BYTE_ORDER_MARK = '\uFEFF';
