import { closeSync, lstatSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'

/** Others read nothing of what the agent writes: it holds what applications do, and for whom. */
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** Creates a folder, and those above it, for this user alone, if it does not exist. */
export function createPrivateFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: FOLDER_MODE })
}

/**
 * Creates an empty file for this user alone, with its folder, if it does not exist.
 *
 * @param suffixes what is appended to its name for further files that are written next to it
 * @throws {Error} if it, its folder, or a file next to it is a symbolic link that another user may have made
 */
export function createPrivateFile(file: string, suffixes: readonly string[] = []): void {
  createPrivateFolder(dirname(file))
  for (const path of [dirname(file), file, ...suffixes.map((suffix) => file + suffix)]) refuseLink(path)
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) closeSync(openSync(file, 'wx', FILE_MODE))
}

function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return
  if (isShared(statSync(dirname(path)))) {
    throw new Error(`"${path}" is a symbolic link in a folder that other users may write`)
  }
}

/** True if another user may create files in a folder; a sticky bit does not change that. */
function isShared({ mode, uid }: Stats): boolean {
  const user = process.getuid?.()
  return user !== undefined && ((mode & 0o022) !== 0 || (uid !== 0 && uid !== user))
}
