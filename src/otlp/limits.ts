// No segment document over 64 KB is taken by X-Ray, so nothing beyond these can be in one; reading it is only work.

/** Attributes of one span, event, link, scope, resource or map that are read; further ones are dropped. */
export const MAX_ATTRIBUTES = 4096

/** Events of one span that are read: the first ones and the last, which is most often the exception. */
export const MAX_EVENTS = 2048

/** Links of one span that are read. */
export const MAX_LINKS = 1024

/** A span of which more attributes, events and links are dropped is not read to its end. */
export const MAX_DROPPED = 65_536

/** The longest text that is decoded, in bytes of UTF-8; longer ones are cut. */
export const MAX_TEXT_BYTES = 1 << 16

/** Attributes with longer keys are dropped, in bytes. */
export const MAX_KEY_BYTES = 1 << 12
