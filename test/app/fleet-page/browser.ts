/** A browser as far as signing in needs one: it keeps cookies by host, and follows links when it is told to. */
export interface TestBrowser {
  /** One request, without following where it leads. Paths are of the app. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** Follows until there is a page. */
  visit(path: string): Promise<Page>
  /** Name → value, of the app. */
  readonly cookies: Map<string, string>
}

export interface Page {
  readonly status: number
  readonly url: URL
  readonly text: string
  readonly headers: Headers
}

const mostRedirects = 10

export function createTestBrowser(app: string): TestBrowser {
  const cookies = new Map<string, string>()
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(path, app)
    const isApp = url.origin === app
    const headers = new Headers(init.headers)
    if (isApp && cookies.size > 0)
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of isApp ? response.headers.getSetCookie() : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  return {
    ...{ ask, cookies },
    async visit(path) {
      let url = new URL(path, app)
      for (let count = 0; count < mostRedirects; count += 1) {
        const response = await ask(url.href)
        const location = response.headers.get('location')
        if (location === null)
          return { status: response.status, url, text: await response.text(), headers: response.headers }
        url = new URL(location, url)
      }
      throw new Error(`${path} leads in circles`)
    },
  }
}
