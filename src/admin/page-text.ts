import html from '../../dist/page.txt' with { type: 'text' }

/** The web page: one file with everything in it, built by scripts/build-page.mjs. */
export const pageText: string = html
