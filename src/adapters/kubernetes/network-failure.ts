import type { ClusterFailure } from '../../diagnostics/cluster-error.ts'
import { AttemptFailure, clusterError, requestOf, type Question } from './failure.ts'

/** Certificates that Node refuses, by the codes of OpenSSL. */
const untrusted =
  /^(?:ERR_TLS_|UNABLE_TO_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$)/
/** TLS alerts by which a server refuses the client's certificate. */
const refusedClient = /_ALERT_(?:.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED)$/
const silences: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_TIMEOUT: 'does not answer',
  UND_ERR_BODY_TIMEOUT: 'fell silent in its answer to',
}
/** Names that do not resolve, and places without a way: asking again at once changes nothing. */
const lasting = new Set(['ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'])

/** An error of the network by its code. `answering`: the answer had begun. */
export function networkFailure(error: unknown, question: Question, answering: boolean): AttemptFailure {
  if (error instanceof AttemptFailure) return error
  const code = codeOf(error)
  const request = requestOf(question)
  const failed = (reason: ClusterFailure, fault: string, hint?: string, againAfterMs?: number) =>
    new AttemptFailure(clusterError(reason, question, fault, hint), againAfterMs)
  const silence = silences[code]
  if (silence !== undefined) return failed('timeout', `${silence} ${request}`)
  if (refusedClient.test(code)) {
    const hint = 'it may have expired, or another authority signed it'
    return failed('unauthorized', `does not take the certificate of the client (${code})`, hint)
  }
  if (untrusted.test(code)) {
    const hint =
      'compare the server and certificate-authority-data of its kubeconfig: is it the cluster that it should be?'
    return failed(
      'certificate',
      `is not the server that it should be: its certificate is not trusted (${code})`,
      hint,
    )
  }
  if (/^(?:ERR_SSL_|EPROTO$)/.test(code)) {
    return failed('certificate', `does not speak TLS as it should (${code})`)
  }
  if (/^(?:HPE_|UND_ERR_HEADERS_OVERFLOW$|Z_)/.test(code)) {
    return failed('bad-answer', `answers ${request} with something that is no HTTP (${code})`)
  }
  const hint = 'is its address right, is it running, and is a proxy needed (HTTPS_PROXY, NO_PROXY)?'
  if (lasting.has(code)) return failed('unreachable', `cannot be reached (${code})`, hint)
  return answering
    ? failed('unreachable', `broke off its answer to ${request} (${code})`, undefined, 0)
    : failed('unreachable', `cannot be reached (${code})`, hint, 0)
}

/** The code of an error or of what caused it; its text may hold anything. */
function codeOf(error: unknown): string {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth++) {
    if ('code' in each && typeof each.code === 'string') return each.code
    // A happy-eyeballs connection fails with one error for each address.
    if (each instanceof AggregateError) return codeOf(each.errors[0])
  }
  return 'unknown'
}
