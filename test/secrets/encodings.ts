import { Buffer } from 'node:buffer'

/** Ways in which programs write a text, each by its own code and not by that of the masks. */
export const encodings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64, one byte further on': (text) => Buffer.from(`u${text}`).toString('base64'),
  'base64, two bytes further on': (text) => Buffer.from(`us${text}: and more`).toString('base64'),
  'base64 for URLs': (text) => Buffer.from(`${text}~~~`).toString('base64url'),
  'base64 in lines': (text) =>
    Buffer.from(`${text}, and so that it is long enough, more text`)
      .toString('base64')
      .replace(/.{20}/g, '$&\n  '),
  'base64 of base64': (text) => Buffer.from(Buffer.from(`x${text}`).toString('base64')).toString('base64'),
  'base64 of JSON': (text) => Buffer.from(JSON.stringify({ a: text })).toString('base64'),
  hexadecimal: (text) => Buffer.from(text).toString('hex'),
  'capital hexadecimal': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'a URL': (text) => encodeURIComponent(text),
  'a URL, in small letters': (text) =>
    encodeURIComponent(text).replace(/%../g, (escape) => escape.toLowerCase()),
  'a URL, all of it': (text) =>
    Buffer.from(text)
      .toString('hex')
      .replace(/../g, (digits) => `%${digits}`),
  'a form': (text) => new URLSearchParams({ v: text }).toString().slice(2),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify({ a: text })).slice(1, -1),
  'JSON of Go': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
  'JSON, all of it': (text) =>
    Array.from(
      { length: text.length },
      (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  'JSON in a URL': (text) => encodeURIComponent(JSON.stringify({ a: text })),
  HTML: (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&#34;')
      .replaceAll("'", '&#39;'),
  'single quotes of YAML': (text) => text.replaceAll("'", "''"),
  'bytes of a shell': (text) =>
    Buffer.from(text)
      .toString('hex')
      .replace(/../g, (digits) => `\\x${digits}`),
}
