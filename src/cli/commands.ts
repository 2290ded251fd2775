import type { CommandList } from './command.ts'
import { completions } from './completions.ts'
import { ctl } from './ctl.ts'
import { deadLetters } from './dead-letters.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { healthcheck } from './healthcheck.ts'
import { init } from './init.ts'
import { logs } from './logs.ts'
import { man } from './man.ts'
import { migrate } from './migrate.ts'
import { printConfig } from './print-config.ts'
import { queue } from './queue.ts'
import { restart } from './restart.ts'
import { run } from './run.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'
import { trace } from './trace.ts'
import { traces } from './traces.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'

/** Every command. */
export const commands: CommandList = [
  run,
  init,
  migrate,
  validate,
  printConfig,
  explain,
  traces,
  trace,
  demo,
  start,
  stop,
  restart,
  logs,
  status,
  doctor,
  verify,
  healthcheck,
  deadLetters,
  queue,
  ctl,
  completions(() => commands),
  man(() => commands),
]
