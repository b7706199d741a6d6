/**
 * Node's file functions with callbacks, as promises. Those of `fs/promises` cost half as much again: an array of what a file may
 * be with every call, a handle for the garbage collector to watch, a stack with every error.
 */
type Answer<T> = (error: Error | null, value: T) => void

/** Of a function that answers with something. */
export const asked = <T>(ask: (answer: Answer<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))))

/** Of one that does something. */
export const done = (act: (answer: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => act((error) => (error ? reject(error) : resolve())))
