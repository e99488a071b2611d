// Runs before each test file. The modules of tests outlive a file, so that what they clean up after one has to be said here.
import { afterAll } from 'vitest'
import { removeTemporaryFolders } from './temporary.js'

afterAll(removeTemporaryFolders, 60_000)
