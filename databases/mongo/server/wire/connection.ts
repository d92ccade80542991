import type { Socket } from 'node:net';
import { dispatchCommand } from '../commands/dispatch-command.ts';
import type { ConnectionState, ServerParts } from '../commands/command.ts';
import { encodeDocument } from '../values/bson-codec.ts';
import { FrameReader, ProtocolFault } from './frame-reader.ts';
import { buildReply, parseRequest, type WireRequest } from './message.ts';
import { readChunks } from './read-chunks.ts';

function replyBytes(request: WireRequest, reply: Parameters<typeof encodeDocument>[0], id: number): Buffer {
  try {
    return buildReply(request, reply, id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    const failure = { ok: 0, errmsg: `The answer is no BSON: ${reason}`, code: 1, codeName: 'InternalError' };
    return buildReply(request, failure, id);
  }
}

async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

/**
 * Serves one connection: one command after the other, in the order in which they came. Bytes that
 * are no message end the connection, and nothing else.
 */
export async function serveConnection(
  server: ServerParts,
  socket: Socket,
  connection: ConnectionState,
): Promise<void> {
  const reader = new FrameReader();
  let replyId = 0;
  try {
    for await (const chunk of readChunks(socket)) {
      reader.push(chunk);
      for (let frame = reader.next(); frame !== null; frame = reader.next()) {
        const request = parseRequest(frame);
        const [name = ''] = Object.keys(request.command);
        if (request.form === 'query' && !['hello', 'ismaster', 'isMaster'].includes(name)) {
          throw new ProtocolFault(
            `an OP_QUERY with the command "${name}"; only a hello may be asked this way`,
          );
        }
        const reply = await dispatchCommand(server, connection, request.command);
        replyId += 1;
        if (request.wantsReply) await write(socket, replyBytes(request, reply, replyId));
      }
    }
    if (reader.hasRest) throw new ProtocolFault('the end of the stream inside a message');
  } catch (error) {
    if (error instanceof ProtocolFault) {
      server.log.warn({ connection: connection.id }, `A connection was ended: it sent ${error.message}`);
    } else if (!(error instanceof Error && 'code' in error)) {
      server.log.error({ connection: connection.id, err: error }, 'A connection was ended');
    }
  } finally {
    socket.destroy();
  }
}
