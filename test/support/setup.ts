import fc from 'fast-check'

/** SEED makes every draw of a run the same again, also where a test lets fast-check choose. */
if (process.env.SEED !== undefined) fc.configureGlobal({ seed: Number(process.env.SEED) })
