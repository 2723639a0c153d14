#!/usr/bin/env node
/** The command line. */
import { processIo, stopWithInput } from './process-io.ts'
import { run } from './run.ts'

if ((process.env['FLEETWRIGHT_STOP_WITH_INPUT'] ?? '') !== '') stopWithInput()

process.exitCode = await run(process.argv.slice(2), processIo)
