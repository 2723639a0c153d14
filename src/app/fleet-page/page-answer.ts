import type { Answer } from '../answer.ts'

/** Loads the style sheet of the app and nothing else, runs nothing, and sends its forms to the app alone. */
const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  // The icon, without which browsers ask for one.
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export function toPageAnswer(status: number, html: string, cookies: readonly string[] = []): Answer {
  return {
    status,
    body: { contentType: 'text/html', text: html },
    headers: {
      'content-security-policy': pagePolicy,
      ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
    },
  }
}

export function toRedirect(location: string, cookies: readonly string[] = []): Answer {
  return {
    status: 303,
    body: { contentType: 'text/plain', text: '' },
    headers: { location, ...(cookies.length > 0 && { 'set-cookie': [...cookies] }) },
  }
}
