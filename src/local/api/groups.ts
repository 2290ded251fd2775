import { type Json, objectOf, textOf } from '../../bytes/json.ts'
import type { Expression } from '../../trace/filter/expression.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import type { NamedRecords } from '../store/named-records.ts'
import { ApiError, requiredText } from './request.ts'

const MAX_NAME_LENGTH = 32

/** A group: the traces that match a filter (https://docs.aws.amazon.com/xray/latest/api/API_Group.html). */
export interface Group {
  readonly GroupName: string
  readonly GroupARN: string
  /** Empty in the default group, which has all traces. */
  readonly FilterExpression: string
  readonly InsightsConfiguration: object
}

/** The answer to CreateGroup, GetGroup and UpdateGroup. */
interface GroupAnswer {
  readonly Group: Group
}

/** The groups that the API has created, and the default group. */
export class Groups {
  constructor(private readonly records: NamedRecords<Group>) {
    if (records.get('Default') === undefined) this.#save('Default', '', {})
  }

  /** GetGroups. */
  list(): { readonly Groups: readonly Group[] } {
    return { Groups: this.records.all() }
  }

  /** CreateGroup. @throws {ApiError | FilterError} if the name is taken or too long, or the filter not well-formed */
  create(input: Json): GroupAnswer {
    const name = requiredText(input, 'GroupName')
    if (name.length > MAX_NAME_LENGTH) throw new ApiError(`GroupName has over ${MAX_NAME_LENGTH} characters`)
    if (this.records.get(name) !== undefined) throw new ApiError(`The group ${name} exists already`)
    const filter = textOf(input['FilterExpression']) ?? ''
    return { Group: this.#save(name, filter, objectOf(input['InsightsConfiguration'])) }
  }

  /** GetGroup. @throws {ApiError} if there is none */
  get(input: Json): GroupAnswer {
    return { Group: this.#find(input) }
  }

  /** UpdateGroup. @throws {ApiError | FilterError} if there is none, or the filter is not well-formed */
  update(input: Json): GroupAnswer {
    const group = this.#find(input)
    const filter = typeof input['FilterExpression'] === 'string' ? input['FilterExpression'] : group.FilterExpression
    const insights = { ...group.InsightsConfiguration, ...objectOf(input['InsightsConfiguration']) }
    return { Group: this.#save(group.GroupName, filter, insights) }
  }

  /** DeleteGroup. @throws {ApiError} if there is none, or it is the default group */
  delete(input: Json): object {
    const { GroupName } = this.#find(input)
    if (GroupName === 'Default') throw new ApiError('The default group cannot be deleted')
    this.records.delete(GroupName)
    return {}
  }

  /** The filter of a group; undefined if there is no such group, or it has all traces. */
  expression(by: 'name' | 'arn', value: string): Expression | undefined {
    const filter = this.records.get(by === 'name' ? value : nameInArn(value))?.FilterExpression
    return filter === undefined || filter === '' ? undefined : parseFilter(filter)
  }

  #find(input: Json): Group {
    const arn = textOf(input['GroupARN'])
    const name = textOf(input['GroupName']) ?? (arn === undefined ? undefined : nameInArn(arn))
    const group = name === undefined ? undefined : this.records.get(name)
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
    this.records.set(name, group)
    return group
  }
}

function nameInArn(arn: string): string {
  return arn.split('/')[1] ?? ''
}
