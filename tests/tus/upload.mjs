// Sends a file by tus-js-client: `node upload.mjs ENDPOINT FILE NAME ROOM`. It pauses after the first piece, says
// `paused`, waits for a line on standard input, and goes on with what it finds in its own store, as after a restart.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { DefaultHttpStack, FileUrlStorage, Upload } from 'tus-js-client'

const [endpoint, file, filename, room] = process.argv.slice(2)
const store = new FileUrlStorage('./uploads.json')

function upload(events) {
  return new Upload(createReadStream(file), {
    endpoint,
    metadata: { filename, room, name: 'ann' },
    chunkSize: 300_000,
    retryDelays: [],
    urlStorage: store,
    fingerprint: async () => 'one-and-the-same',
    httpStack: new DefaultHttpStack({}),
    ...events,
  })
}

function fail(error) {
  console.log(`failed ${error.message}`)
  process.exit(1)
}

async function goOn() {
  const rest = upload({
    onError: fail,
    onSuccess: () => {
      console.log(`done ${rest.url}`)
      process.exit(0)
    },
  })
  const [previous] = await rest.findPreviousUploads()
  if (!previous) fail(new Error('nothing to go on with'))
  rest.resumeFromPreviousUpload(previous)
  rest.start()
}

const first = upload({
  onError: fail,
  onChunkComplete: async (_size, accepted) => {
    await first.abort()
    console.log(`paused ${accepted}`)
    createInterface({ input: process.stdin }).once('line', goOn)
  },
})
first.start()
