// tar archives (POSIX ustar and pax, GNU long names), read as a stream through the package modern-tar.
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import type { ChunkBuffer, StreamFault } from '../chunk.ts';
import type { ByteChunks } from '../iterable-source.ts';
import { type ArchiveMembers, memberName } from './archive-member.ts';

/** The files of a tar stream. */
export async function* tarMembers(input: ChunkBuffer): ArchiveMembers {
  // strict: what is cut off or has a wrong size must not look like an end
  const entries = streamOf(input)
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader();
  try {
    for (;;) {
      const { done, value } = await entries.read();
      if (done) return input.fault;
      yield* membersOf(value);
    }
  } catch (cause) {
    return input.fault ?? damaged(input, cause);
  } finally {
    entries.cancel().catch(() => {});
  }
}

async function* membersOf({
  header,
  body,
}: ParsedTarEntry): AsyncGenerator<{ name: string; modified: number | null; chunks: ByteChunks }, void, void> {
  const name = header.type === undefined || header.type === 'file' ? memberName(header.name) : null;
  const reader = body.getReader();
  if (name === null) return drain(reader);
  const chunks: ByteChunks = {
    async next() {
      const { done, value } = await reader.read();
      return done ? { done: true, value: null } : { done: false, value };
    },
  };
  const time = header.mtime?.getTime() ?? 0;
  yield { name, modified: time > 0 ? time : null, chunks };
  await drain(reader);
}

/** What is left is read, not cancelled: the package may have begun the next member, and would take the cancelling for that one's. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

/** The bytes of a buffer, as the package wants them. Each piece is a copy: the buffer is read into again. */
function streamOf(input: ChunkBuffer): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (input.available === 0 && (await input.fill(1)) === 0) {
          controller.close();
          return;
        }
        controller.enqueue(input.bytes.slice(input.at, input.end));
        input.at = input.end;
      },
    },
    { highWaterMark: 0 },
  );
}

function damaged(input: ChunkBuffer, cause: unknown): StreamFault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    kind: 'corrupt',
    message: `the tar archive is cut off or damaged near byte ${input.offset} (${reason})`,
    hint: 'the members before it were read; copy the archive again to get the rest',
    cause,
  };
}
