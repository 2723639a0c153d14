/** What a synchronous call gives or throws, as a promise. */
export function attempt<Value>(call: () => Value): Promise<Value> {
  return new Promise((resolve) => {
    resolve(call())
  })
}
