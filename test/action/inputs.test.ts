import { describe, expect, test } from 'vitest'
import { parseInputs } from '../../src/action/inputs.ts'

const given = {
  ...{ INPUT_COMMAND: 'auto', INPUT_NAME: 'fleetwright', INPUT_COMMENT: 'true', INPUT_CHECK: 'true' },
  ...{ INPUT_REMOTE: 'origin', INPUT_REPO: '.', INPUT_TOKEN: 't', 'INPUT_API-URL': 'https://api.github.com' },
}

describe('inputs', () => {
  test('become what they say, and options of the command that they are for', () => {
    const inputs = parseInputs({
      ...given,
      'INPUT_FAIL-ON': 'dangers',
      INPUT_LOCKED: 'true',
      INPUT_OFFLINE: 'false',
      INPUT_CLUSTER: '--report=/etc',
    })
    expect(inputs).toMatchObject({ command: 'auto', comment: true, name: 'fleetwright', repo: '.' })
    expect(inputs.optionsFor('diff')).toEqual(['--fail-on=dangers', '--cluster=--report=/etc', '--locked'])
  })

  test('with a value on each line are given once for each', () => {
    const inputs = parseInputs({ ...given, 'INPUT_ALLOW-DELETE': 'abc\n\n  def ' })
    expect(inputs.optionsFor('compile')).toEqual(['--allow-delete=abc', '--allow-delete=def'])
  })

  test('have the defaults of action.yml where a runner gives nothing', () => {
    expect(parseInputs({})).toMatchObject({
      command: 'auto',
      name: 'fleetwright',
      remote: 'origin',
      token: '',
    })
  })

  test.each([
    [{ INPUT_COMAND: 'diff' }, 'there is no input `comand`; did you mean `command`?'],
    [{ INPUT_COMMAND: 'dif' }, 'input `command` cannot be `dif`; did you mean `diff`?'],
    [{ INPUT_COMMENT: 'yes' }, 'input `comment` cannot be `yes`; it is one of true, false'],
    [{ INPUT_CONCURRENCY: '0' }, 'input `concurrency` cannot be `0`; it is a whole number of 1 or more'],
    [{ INPUT_BRANCH: 'a\nb' }, 'input `branch` cannot be `a\nb`; it is one line'],
    [
      { INPUT_NAME: 'a --> b' },
      'input `name` cannot be `a --> b`: up to 90 letters, digits, blanks and `_./-`, without `--`',
    ],
  ])('%j is refused by name, with what is allowed', (env, message) => {
    expect(() => parseInputs({ ...given, ...env })).toThrow(message)
  })

  test('that mean nothing to the command are refused', () => {
    const inputs = parseInputs({ ...given, 'INPUT_ALLOW-DELETE': 'abc' })
    expect(() => inputs.optionsFor('diff')).toThrow(
      'input `allow-delete` means nothing to `diff`; it is for compile',
    )
  })
})
