import type { Expression } from '../../trace/filter/expression.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { type Json, objectOf, textOf } from '../../bytes/json.ts'
import type { SavedSettings } from '../store/saved-settings.ts'
import { ApiError } from './api-error.ts'
import { textIn } from './input.ts'

/** A group of traces: those that a filter asks for. */
export interface Group {
  readonly GroupName: string
  readonly GroupARN: string
  readonly FilterExpression: string
  readonly InsightsConfiguration: object
}

/** The groups that the API made, and the one that has all traces. */
export class Groups {
  constructor(private readonly saved: SavedSettings<Group>) {
    if (saved.get('Default') === undefined) this.#save('Default', '', {})
  }

  list(): object {
    return { Groups: this.saved.all() }
  }

  create(input: Json): object {
    const name = textIn(input, 'GroupName')
    if (name.length > 32) throw new ApiError('GroupName has over 32 characters')
    if (this.saved.get(name) !== undefined) throw new ApiError(`The group ${name} exists already`)
    return {
      Group: this.#save(name, textOf(input['FilterExpression']) ?? '', objectOf(input['InsightsConfiguration'])),
    }
  }

  get(input: Json): object {
    return { Group: this.#find(input) }
  }

  update(input: Json): object {
    const known = this.#find(input)
    const filter = typeof input['FilterExpression'] === 'string' ? input['FilterExpression'] : known.FilterExpression
    const insights = { ...known.InsightsConfiguration, ...objectOf(input['InsightsConfiguration']) }
    return { Group: this.#save(known.GroupName, filter, insights) }
  }

  delete(input: Json): object {
    const { GroupName } = this.#find(input)
    if (GroupName === 'Default') throw new ApiError('The default group cannot be deleted')
    this.saved.remove(GroupName)
    return {}
  }

  /** The expression of a group; undefined if there is none, or it has none. */
  expression(by: 'name' | 'arn', value: string): Expression | undefined {
    const filter = this.saved.get(by === 'name' ? value : nameIn(value))?.FilterExpression
    return filter === undefined || filter === '' ? undefined : parseFilter(filter)
  }

  #find(input: Json): Group {
    const arn = textOf(input['GroupARN'])
    const name = textOf(input['GroupName']) ?? (arn === undefined ? undefined : nameIn(arn))
    const group = name === undefined ? undefined : this.saved.get(name)
    if (group === undefined) throw new ApiError(`There is no group ${name ?? 'without a name'}`)
    return group
  }

  #save(name: string, filter: string, insights: object): Group {
    if (filter !== '') parseFilter(filter)
    const group = {
      GroupName: name,
      GroupARN: `arn:aws:xray:us-east-1:000000000000:group/${name}/${'0'.repeat(26)}`,
      FilterExpression: filter,
      InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false, ...insights },
    }
    this.saved.set(name, group)
    return group
  }
}

function nameIn(arn: string): string {
  return arn.split('/')[1] ?? ''
}
