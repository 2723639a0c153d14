import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import chromium from '@sparticuz/chromium'
import puppeteer, { type Browser } from 'puppeteer-core'

const own = process.env['FLEETWRIGHT_CHROMIUM']

/** The packed browser is for Linux on 64 bits; elsewhere FLEETWRIGHT_CHROMIUM names one. */
export const hasChromium = own !== undefined || (process.platform === 'linux' && process.arch === 'x64')

/**
 * A headless browser from the packed one of devDependencies, which unpacks into the temporary folder: nothing is downloaded.
 * It has no sandbox, since tests may run as root, and sees only pages that were made here.
 */
export async function launchChromium(): Promise<Browser> {
  // Nothing here draws with WebGL.
  chromium.setGraphicsMode = false
  return puppeteer.launch({
    executablePath: own ?? (await chromium.executablePath()),
    headless: 'shell',
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--font-render-hinting=none'],
    defaultViewport: { width: 1400, height: 950 },
  })
}

/** Where tests leave what people may want to look at: FLEETWRIGHT_ARTIFACTS, or beside the temporary folders of the runs. */
export async function artifactsFolder(): Promise<string> {
  const folder = process.env['FLEETWRIGHT_ARTIFACTS'] ?? join(dirname(tmpdir()), 'fleetwright-artifacts')
  await mkdir(folder, { recursive: true })
  return folder
}
