import type { Command } from './command.ts'
import { completionsOf } from './completions.ts'
import { ctl } from './ctl.ts'
import { deadLetters } from './dead-letters.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { init } from './init.ts'
import { manOf } from './man.ts'
import { migrate } from './migrate.ts'
import { printConfig } from './print-config.ts'
import { queue } from './queue.ts'
import { run } from './run.ts'
import { healthcheck } from './healthcheck.ts'
import { logs, restart, start, stop } from './service-commands.ts'
import { status } from './status.ts'
import { trace } from './trace.ts'
import { traces } from './traces.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'

/** Every command, in the order of `--help`. */
export const commands: readonly Command[] = [
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
  completionsOf(() => commands),
  manOf(() => commands),
]
