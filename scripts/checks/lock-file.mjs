// The lock file has every package that may be installed from it, on any platform: npm ci refuses one that has not.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Checks that package-lock.json is complete. npm leaves out the packages of other platforms if it writes the file where
 * node_modules exists.
 *
 * @param root the repository
 * @returns what is wrong, one text for each
 */
export function lockFile(root) {
  const { packages = {} } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dependencies = {} }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !isLocked(packages, path, name)).map((
      name,
    ) =>
      `package-lock.json does not have "${name}", which ${describePath(path)} names; ` +
      'run "npm install --package-lock-only" in a copy without node_modules'
    )
  )
}

/** Whether a package is where Node looks for it: in node_modules of the one that needs it, or of a folder above. */
function isLocked(packages, path, name) {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in packages) return true
  return path !== '' && isLocked(packages, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name)
}

function describePath(path) {
  return path === '' ? 'package.json' : `"${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}"`
}
