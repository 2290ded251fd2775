/** A number of things as people read it: `1 document`, `6 documents`. @param noun one whose plural ends in s */
export function countNoun(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
