/** A URL without what may be secret in it: user and password, and the values of its query. Other texts stay as they are. */
export function hideSecrets(text: string): string {
  if (!/^https?:\/\//i.test(text)) return text
  return text.replace(/^(https?:\/\/)[^/?#\s]*@/i, '$1***@').replace(/[?#].*$/s, '?***')
}
