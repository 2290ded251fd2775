/** The version of this program, as package.json has it; a check holds the two equal. */
export const VERSION = '0.1.0'
