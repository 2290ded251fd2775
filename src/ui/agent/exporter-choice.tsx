/**
 * A field that chooses an exporter.
 *
 * @param none the option that stands for no choice; absent if an exporter must be chosen
 * @param chosen the exporter's name; empty for none
 */
export function ExporterChoice({ label, none, exporters, chosen, onChoose }: {
  label: string
  none?: string
  exporters: readonly string[]
  chosen: string
  onChoose: (name: string) => void
}) {
  return (
    <label class='field'>
      <select aria-label={label} value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {none !== undefined && <option value=''>{none}</option>}
        {exporters.map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </label>
  )
}
