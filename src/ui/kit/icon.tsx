import './icon.css'

/** An icon of the page's sheet. @param name the id of a symbol of icons.svg @param colour an outcome, if it has its colour */
export function Icon({ name, colour = '' }: { name: string; colour?: string }) {
  return (
    <svg class={`i ${colour}`} aria-hidden='true'>
      <use href={`#${name}`} />
    </svg>
  )
}
