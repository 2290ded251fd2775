import type { Page } from 'playwright-core'

/** A style sheet of the page. */
export interface StyleFile {
  /** Its path below src/ui. */
  readonly file: string
  readonly text: string
}

/**
 * Finds rules of different files that set the same property of an element with equal specificity, so that the order of
 * the files would decide. Rules for states such as `:hover` count as if the element had that state.
 *
 * @param page shows the elements, in the size for which media queries are evaluated
 * @returns a line per conflict, with both files and selectors
 */
export async function styleConflicts(page: Page, styles: readonly StyleFile[]): Promise<string[]> {
  return await page.evaluate(findConflicts, styles)
}

/** Runs in the browser, so it may use nothing from outside of it. */
function findConflicts(styles: readonly StyleFile[]): string[] {
  const rulesIn = (list: CSSRuleList): CSSStyleRule[] =>
    [...list].flatMap((rule) => {
      if (rule instanceof CSSMediaRule) return matchMedia(rule.conditionText).matches ? rulesIn(rule.cssRules) : []
      return rule instanceof CSSStyleRule ? [rule] : []
    })
  const specificityOf = (selector: string): string => {
    let rest = selector.replaceAll(/:where\([^)]*\)/g, ' ').replaceAll(/:(?:not|has)\(([^)]*)\)/g, ' $1')
    const count = (pattern: RegExp): number => {
      const found = rest.match(pattern)?.length ?? 0
      rest = rest.replaceAll(pattern, ' ')
      return found
    }
    const counts = [/#[\w-]+/g, /\.[\w-]+|\[[^\]]*\]|(?<!:):[\w-]+(?:\([^)]*\))?/g, /::[\w-]+|[a-z][\w-]*/gi].map(count)
    return counts.join(',')
  }
  const rules = styles.flatMap(({ file, text }) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return rulesIn(sheet.cssRules).flatMap(({ selectorText, style }) =>
      selectorText.split(/,(?![^(]*\))/).map((selector) => ({
        file,
        selector: selector.trim(),
        specificity: specificityOf(selector),
        pseudoElement: /::[\w-]+$/.exec(selector)?.[0] ?? '',
        element: selector.replace(/::[\w-]+$/, '').replaceAll(/:(?:hover|focus-visible|focus-within|focus)/g, ''),
        style,
      }))
    )
  })
  const conflicts = new Set<string>()
  for (const element of document.querySelectorAll('body, body *')) {
    const known = new Map<string, { file: string; selector: string }>()
    for (const { file, selector, specificity, pseudoElement, element: wanted, style } of rules) {
      if (wanted.trim() === '' || wanted.includes(':where()') || !element.matches(wanted)) continue
      for (const property of style) {
        const key = [pseudoElement, specificity, property, style.getPropertyPriority(property)].join(' ')
        const other = known.get(key)
        if (other !== undefined && other.file !== file) {
          conflicts.add(`${property}: ${other.selector} in ${other.file}, ${selector} in ${file}`)
        }
        known.set(key, { file, selector })
      }
    }
  }
  return [...conflicts]
}
