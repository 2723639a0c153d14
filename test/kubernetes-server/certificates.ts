import { generate } from 'selfsigned'

/** An authority made for one test run. */
export interface Authority {
  /** PEM. */
  readonly certificate: string
  /** A certificate for these names, and its key. */
  issue(subject: Subject): Promise<ServerCertificate>
}

export interface Subject {
  readonly hosts?: readonly string[]
  readonly addresses?: readonly string[]
  readonly notAfter?: Date
}

export interface ServerCertificate {
  /** PEM. */
  readonly certificate: string
  readonly key: string
  /** PEM of who signed it. */
  readonly authority: string
}

const elliptic = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

export async function createAuthority(name = 'test-authority'): Promise<Authority> {
  const own = await generate([{ name: 'commonName', value: name }], {
    ...elliptic,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  })
  return {
    certificate: own.cert,
    async issue({ hosts = [], addresses = [], notAfter }) {
      const issued = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
        ...elliptic,
        ca: { key: own.private, cert: own.cert },
        ...(notAfter && { notBeforeDate: new Date(notAfter.getTime() - 86_400_000), notAfterDate: notAfter }),
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          {
            name: 'subjectAltName',
            altNames: [
              ...hosts.map((value) => ({ type: 2 as const, value })),
              ...addresses.map((ip) => ({ type: 7 as const, ip })),
            ],
          },
        ],
      })
      return { certificate: issued.cert, key: issued.private, authority: own.cert }
    },
  }
}
