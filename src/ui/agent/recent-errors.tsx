import type { SeenProblem } from '../../telemetry/problems.ts'
import { formatClock, formatCount } from '../kit/format.ts'
import { StateMark } from '../kit/state-mark.tsx'

/** The errors and warnings of the agent, one row per kind. */
export function RecentErrors({ problems }: { problems: readonly SeenProblem[] }) {
  return (
    <div class='box'>
      <div class='hd'>
        <h2 class='grow'>Last errors</h2>
        <span class='mute'>{problems.length === 0 ? 'none since the start' : `${problems.length} kinds`}</span>
      </div>
      {problems.length > 0 && (
        <table class='tt wrap'>
          <colgroup>
            <col style='width:112px' />
            <col style='width:72px' />
            <col />
            <col style='width:64px' />
          </colgroup>
          <tbody>
            {problems.map(({ kind, time, stage, level, message, times }) => (
              <tr key={kind}>
                <td class='mono'>{formatClock(Date.parse(time) / 1000)}</td>
                <td>{stage}</td>
                <td>
                  <StateMark state={level === 'error' ? 'fault' : 'error'} word='' /> {message}
                </td>
                <td class='num'>{formatCount(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}
