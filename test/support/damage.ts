import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** The size of a page of the spool, in bytes. */
const PAGE = 32_768

/** Overwrites a part of a file, whoever has it open. */
export function overwrite(file: string, from: number, bytes: Uint8Array): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, bytes, 0, bytes.length, from)
  closeSync(fd)
}

/** Where a text stands in a file, each time. */
export function placesOf(file: string, text: string): number[] {
  const bytes = readFileSync(file)
  const places: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at)
  if (places.length === 0) throw new Error(`"${text}" does not stand in ${file}`)
  return places
}

/** Fills the pages of a spool on which a text stands with garbage. */
export function damagePagesWith(file: string, text: string): void {
  for (const place of placesOf(file, text)) {
    overwrite(file, Math.floor(place / PAGE) * PAGE, new Uint8Array(PAGE).fill(0xff))
  }
}
