/** Writes a size in MB or, from one on, in GB: `4.2 MB`. @param bytes the size */
export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`
}
